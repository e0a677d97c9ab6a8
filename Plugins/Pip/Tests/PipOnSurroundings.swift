/// What pip 23 says of hosts that refuse or do not answer, and of disks.
let pipOnSurroundings = [
    CapturedOutput(
        name: "pip-url401",
        requirements: #"six @ http://u:tok@127.0.0.1:8991/x/six-1.17.0-py2.py3-none-any.whl"#,
        output: #"""
              ERROR: HTTP error 401 while getting http://u:tok@127.0.0.1:8991/401/six-1.17.0-py2.py3-none-any.whl
            ERROR: Could not install requirement six@ http://u:tok@127.0.0.1:8991/401/six-1.17.0-py2.py3-none-any.whl from http://u:tok@127.0.0.1:8991/401/six-1.17.0-py2.py3-none-any.whl (from -r r.txt (line 2)) because of HTTP error 401 Client Error: Unauthorized for url: http://127.0.0.1:8991/401/six-1.17.0-py2.py3-none-any.whl for URL http://u:tok@127.0.0.1:8991/401/six-1.17.0-py2.py3-none-any.whl
            """#,
        told: #"""
            [auth] r.txt:2:1 `127.0.0.1` refuses access: 401 Unauthorized
            hint: put the name and the password for it into `~/.netrc`, or into variables that its URL names, as in `https://${NAME}:${TOKEN}@127.0.0.1/`
            """#),
    CapturedOutput(
        name: "pip-url404",
        requirements: #"six @ http://u:tok@127.0.0.1:8991/x/six-1.17.0-py2.py3-none-any.whl"#,
        output: #"""
              ERROR: HTTP error 404 while getting http://u:tok@127.0.0.1:8991/404/six-1.17.0-py2.py3-none-any.whl
            ERROR: Could not install requirement six@ http://u:tok@127.0.0.1:8991/404/six-1.17.0-py2.py3-none-any.whl from http://u:tok@127.0.0.1:8991/404/six-1.17.0-py2.py3-none-any.whl (from -r r.txt (line 2)) because of HTTP error 404 Client Error: Not Found for url: http://127.0.0.1:8991/404/six-1.17.0-py2.py3-none-any.whl for URL http://u:tok@127.0.0.1:8991/404/six-1.17.0-py2.py3-none-any.whl
            """#,
        told: #"""
            [unsatisfiable] r.txt:2:1 `http://127.0.0.1:8991/404/six-1.17.0-py2.py3-none-any.whl` is not there: 404 Not Found
            hint: correct the URL
            """#),
    CapturedOutput(
        name: "pip-enospc",
        requirements: #"tqdm==4.67.1"#,
        output: #"""
              File "/usr/lib/python3.11/shutil.py", line 515, in _copytree
                raise Error(errors)
            shutil.Error: [('/tmp/pip-target-7n0dsqi0/lib/python/numpy.libs/libquadmath-96973f99-934c22de.so.0.0.0', '/p/small/t/numpy.libs/libquadmath-96973f99-934c22de.so.0.0.0', "[Errno 28] No space left on device: '/tmp/pip-target-7n0dsqi0/lib/python/numpy.libs/libquadmath-96973f99-934c22de.so.0.0.0' -> '/p/small/t/numpy.libs/libquadmath-96973f99-934c22de.so.0.0.0'"), ('/tmp/pip-target-7n0dsqi0/lib/python/numpy.libs/libgfortran-040039e1-0352e75f.so.5.0.0', '/p/small/t/numpy.libs/libgfortran-040039e1-0352e75f.so.5.0.0', "[Errno 28] No space left on device: '/tmp/pip-target-7n0dsqi0/lib/python/numpy.libs/libgfortran-040039e1-0352e75f.so.5.0.0' -> '/p/small/t/numpy.libs/libgfortran-040039e1-0352e75f.so.5.0.0'"), ('/tmp/pip-target-7n0dsqi0/lib/python/numpy.libs/libscipy_
            """#,
        told: #"""
            [disk] -:0:0 no space is left for `/tmp/pip-target-7n0dsqi0/lib/python/numpy.libs/libquadmath-96973f99-934c22de.so.0.0.0`
            hint: make room, or choose another disk with `XDG_CACHE_HOME`
            cause: shutil.Error: [('/tmp/pip-target-7n0dsqi0/lib/python/numpy.libs/libquadmath-96973f99-934c22de.so.0.0.0', '/p/small/t/numpy.libs/libquadmath-96973f99-934c22de.so.0.0.0', "[Errno 28] No space left on device: '/tmp/pip-target-7n0dsqi0/lib/python/numpy.libs/libquadmath-96973f99-934c22de.so.0.0.0' -> '/p…
            """#),
    CapturedOutput(
        name: "pip-erofs",
        requirements: #"six==1.17.0"#,
        output: #"""
                os.makedirs(path)
              File "<frozen os>", line 225, in makedirs
            OSError: [Errno 30] Read-only file system: '/p/small/t'
            """#,
        told: #"""
            [disk] -:0:0 the file system is read-only for `/p/small/t`
            hint: make room, or choose another disk with `XDG_CACHE_HOME`
            cause: OSError: [Errno 30] Read-only file system: '/p/small/t'
            """#),
    CapturedOutput(
        name: "pip-git",
        requirements: #"six @ git+https://127.0.0.1:8992/x.git@main"#,
        output: #"""
              error: subprocess-exited-with-error

              × git clone --filter=blob:none --quiet https://127.0.0.1:8992/x.git /tmp/pip-install-asuyl4z4/six_f5d5ec90e3ab43f6b140fdeb6f0245f9 did not run successfully.
              │ exit code: 128
              ╰─> [1 lines of output]
                  fatal: unable to access 'https://127.0.0.1:8992/x.git/': server certificate verification failed. CAfile: /etc/ssl/certs/ca-certificates.crt CRLfile: none
                  [end of output]

              note: This error originates from a subprocess, and is likely not a problem with pip.
            error: subprocess-exited-with-error

            × git clone --filter=blob:none --quiet https://127.0.0.1:8992/x.git /tmp/pip-install-asuyl4z4/six_f5d5ec90e3ab43f6b140fdeb6f0245f9 did not run successfully.
            │ exit code: 128
            ╰─> See above for output.

            note: This error originates from a subprocess, and is likely not a problem with pip.
            """#,
        told: #"""
            [network] r.txt:2:1 `127.0.0.1` cannot be reached: its certificate is not trusted
            hint: name the file of its authority in `SSL_CERT_FILE`, or as `cert` in pip's configuration
            """#),
    CapturedOutput(
        name: "pip-refused",
        requirements: #"six==1.17.0"#,
        output: #"""
            ERROR: Could not find a version that satisfies the requirement six==1.17.0 (from versions: none)
            ERROR: No matching distribution found for six==1.17.0
            Could not fetch URL http://u:tok@127.0.0.1:9/simple/six/: connection error: HTTPConnectionPool(host='127.0.0.1', port=9): Max retries exceeded with url: /simple/six/ (Caused by NewConnectionError('<pip._vendor.urllib3.connection.HTTPConnection object at 0x7f428d244f50>: Failed to establish a new connection: [Errno 111] Connection refused')) - skipping
            """#,
        told: #"""
            [network] r.txt:2:1 `127.0.0.1` cannot be reached for `six`: connection refused
            hint: look at the network, at the proxy and at the URL of the index
            """#),
    CapturedOutput(
        name: "pip-dns",
        requirements: #"six==1.17.0"#,
        output: #"""
            ERROR: Could not find a version that satisfies the requirement six==1.17.0 (from versions: none)
            ERROR: No matching distribution found for six==1.17.0
            Could not fetch URL https://nohost.invalid/simple/six/: connection error: HTTPSConnectionPool(host='nohost.invalid', port=443): Max retries exceeded with url: /simple/six/ (Caused by NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7fabf3bbd850>: Failed to establish a new connection: [Errno -2] Name or service not known')) - skipping
            """#,
        told: #"""
            [network] r.txt:2:1 `nohost.invalid` cannot be reached for `six`: there is no host of this name
            hint: look at the network, at the proxy and at the URL of the index
            """#),
    CapturedOutput(
        name: "pip-http401",
        requirements: #"six==1.17.0"#,
        output: #"""
            ERROR: Could not find a version that satisfies the requirement six==1.17.0 (from versions: none)
            ERROR: No matching distribution found for six==1.17.0
            Could not fetch URL http://u:tok@127.0.0.1:8991/401/simple/six/: 401 Client Error: Unauthorized for url: http://127.0.0.1:8991/401/simple/six/ - skipping
            """#,
        told: #"""
            [auth] project.yaml:3:17 `127.0.0.1` refuses access: 401 Unauthorized
            hint: put the name and the password for it into `~/.netrc`, or into variables that its URL names, as in `https://${NAME}:${TOKEN}@127.0.0.1/`
            """#),
    CapturedOutput(
        name: "pip-http403",
        requirements: #"six==1.17.0"#,
        output: #"""
            ERROR: Could not find a version that satisfies the requirement six==1.17.0 (from versions: none)
            ERROR: No matching distribution found for six==1.17.0
            Could not fetch URL http://u:tok@127.0.0.1:8991/403/simple/six/: 403 Client Error: Forbidden for url: http://127.0.0.1:8991/403/simple/six/ - skipping
            """#,
        told: #"""
            [auth] project.yaml:3:17 `127.0.0.1` refuses access: 403 Forbidden
            hint: put the name and the password for it into `~/.netrc`, or into variables that its URL names, as in `https://${NAME}:${TOKEN}@127.0.0.1/`
            """#),
    CapturedOutput(
        name: "pip-http500",
        requirements: #"six==1.17.0"#,
        output: #"""
            ERROR: Could not find a version that satisfies the requirement six==1.17.0 (from versions: none)
            ERROR: No matching distribution found for six==1.17.0
            Could not fetch URL http://u:tok@127.0.0.1:8991/500/simple/six/: HTTPConnectionPool(host='127.0.0.1', port=8991): Max retries exceeded with url: /500/simple/six/ (Caused by ResponseError('too many 500 error responses')) - skipping
            """#,
        told: #"""
            [network] r.txt:2:1 `127.0.0.1` cannot be reached for `six`: 500 Internal Server Error
            hint: look at the network, at the proxy and at the URL of the index
            """#),
    CapturedOutput(
        name: "pip-http404",
        requirements: #"six==1.17.0"#,
        output: #"""
            ERROR: Could not find a version that satisfies the requirement six==1.17.0 (from versions: none)
            ERROR: No matching distribution found for six==1.17.0
            Could not fetch URL http://u:tok@127.0.0.1:8991/404/simple/six/: 404 Client Error: Not Found for url: http://127.0.0.1:8991/404/simple/six/ - skipping
            """#,
        told: #"""
            [unsatisfiable] r.txt:2:1 there is no package `six` for this Python and platform
            hint: look at its name, and at the index that it comes from
            """#),
    CapturedOutput(
        name: "pip-timeout",
        requirements: #"six==1.17.0"#,
        output: #"""
            ERROR: Could not find a version that satisfies the requirement six==1.17.0 (from versions: none)
            ERROR: No matching distribution found for six==1.17.0
            Could not fetch URL http://u:tok@127.0.0.1:8991/slow/simple/six/: connection error: HTTPConnectionPool(host='127.0.0.1', port=8991): Max retries exceeded with url: /slow/simple/six/ (Caused by ReadTimeoutError("HTTPConnectionPool(host='127.0.0.1', port=8991): Read timed out. (read timeout=2.0)")) - skipping
            """#,
        told: #"""
            [network] r.txt:2:1 `127.0.0.1` cannot be reached for `six`: no answer in time
            hint: look at the network, at the proxy and at the URL of the index
            """#),
    CapturedOutput(
        name: "pip-tls",
        requirements: #"six==1.17.0"#,
        output: #"""
            ERROR: Could not find a version that satisfies the requirement six==1.17.0 (from versions: none)
            ERROR: No matching distribution found for six==1.17.0
            Could not fetch URL https://localhost:8992/simple/six/: There was a problem confirming the ssl certificate: HTTPSConnectionPool(host='localhost', port=8992): Max retries exceeded with url: /simple/six/ (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)'))) - skipping
            """#,
        told: #"""
            [network] r.txt:2:1 `localhost` cannot be reached for `six`: its certificate is not trusted
            hint: name the file of its authority in `SSL_CERT_FILE`, or as `cert` in pip's configuration
            """#),
    CapturedOutput(
        name: "pip-proxy",
        requirements: #"six==1.17.0"#,
        output: #"""
            ERROR: Could not find a version that satisfies the requirement six==1.17.0 (from versions: none)
            ERROR: No matching distribution found for six==1.17.0
            Could not fetch URL https://pypi.org/simple/six/: connection error: HTTPSConnectionPool(host='pypi.org', port=443): Max retries exceeded with url: /simple/six/ (Caused by ProxyError('Cannot connect to proxy.', NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7fec1bc9d1d0>: Failed to establish a new connection: [Errno 111] Connection refused'))) - skipping
            """#,
        told: #"""
            [network] r.txt:2:1 `pypi.org` cannot be reached for `six`: the proxy refuses the connection or is not there
            hint: look at the network, at the proxy and at the URL of the index
            """#),
]
