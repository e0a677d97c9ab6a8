/// What uv 0.13 says of hosts that refuse or do not answer, and of disks.
let uvOnSurroundings = [
    CapturedOutput(
        name: "uv-http401",
        requirements: #"six==1.17.0"#,
        output: #"""
            error: No solution found when resolving dependencies
              cause: Because six was not found in the package registry and you require six==1.17.0, we can conclude that your requirements are unsatisfiable.

            hint: An index URL (http://127.0.0.1:8991/401/simple) could not be queried due to a lack of valid authentication credentials (401 Unauthorized)
            """#,
        told: #"""
            [auth] project.yaml:3:17 `127.0.0.1` refuses access: 401 Unauthorized
            hint: put the name and the password for it into `~/.netrc`, or into variables that its URL names, as in `https://${NAME}:${TOKEN}@127.0.0.1/`
            """#),
    CapturedOutput(
        name: "uv-http403",
        requirements: #"six==1.17.0"#,
        output: #"""
            error: No solution found when resolving dependencies
              cause: Because six was not found in the package registry and you require six==1.17.0, we can conclude that your requirements are unsatisfiable.

            hint: An index (http://127.0.0.1:8991/403/simple) returned a 403 Forbidden error. Check that the index URL is correct and the credentials are valid.
            """#,
        told: #"""
            [auth] project.yaml:3:17 `127.0.0.1` refuses access: 403 Forbidden
            hint: put the name and the password for it into `~/.netrc`, or into variables that its URL names, as in `https://${NAME}:${TOKEN}@127.0.0.1/`
            """#),
    CapturedOutput(
        name: "uv-url401",
        requirements: #"six @ http://u:tok@127.0.0.1:8991/x/six-1.17.0-py2.py3-none-any.whl"#,
        output: #"""
            error: Failed to download `six @ http://u:tok@127.0.0.1:8991/401/six-1.17.0-py2.py3-none-any.whl`
              cause: Failed to fetch: http://127.0.0.1:8991/401/six-1.17.0-py2.py3-none-any.whl
              cause: HTTP status client error (401 Unauthorized) for url (http://127.0.0.1:8991/401/six-1.17.0-py2.py3-none-any.whl)
            """#,
        told: #"""
            [auth] r.txt:2:1 `127.0.0.1` refuses access: 401 Unauthorized
            hint: put the name and the password for it into `~/.netrc`, or into variables that its URL names, as in `https://${NAME}:${TOKEN}@127.0.0.1/`
            """#),
    CapturedOutput(
        name: "uv-url404",
        requirements: #"six @ http://u:tok@127.0.0.1:8991/x/six-1.17.0-py2.py3-none-any.whl"#,
        output: #"""
            error: Failed to download `six @ http://u:tok@127.0.0.1:8991/404/six-1.17.0-py2.py3-none-any.whl`
              cause: Failed to fetch: http://127.0.0.1:8991/404/six-1.17.0-py2.py3-none-any.whl
              cause: HTTP status client error (404 Not Found) for url (http://127.0.0.1:8991/404/six-1.17.0-py2.py3-none-any.whl)
            """#,
        told: #"""
            [unsatisfiable] r.txt:2:1 `http://127.0.0.1:8991/404/six-1.17.0-py2.py3-none-any.whl` is not there: 404 Not Found
            hint: correct the URL
            """#),
    CapturedOutput(
        name: "uv-http500",
        requirements: #"six==1.17.0"#,
        output: #"""
            error: Failed to fetch: http://127.0.0.1:8991/500/simple/six/
              cause: HTTP status server error (500 Internal Server Error) for url (http://127.0.0.1:8991/500/simple/six/)
            """#,
        told: #"""
            [network] r.txt:2:1 `127.0.0.1` cannot be reached for `six`: 500 Internal Server Error
            hint: look at the network, at the proxy and at the URL of the index
            """#),
    CapturedOutput(
        name: "uv-refused",
        requirements: #"six==1.17.0"#,
        output: #"""
            error: Failed to fetch: http://127.0.0.1:9/simple/six/
              cause: error sending request for url (http://127.0.0.1:9/simple/six/)
              cause: client error (Connect)
              cause: tcp connect error
              cause: Connection refused (os error 111)
            """#,
        told: #"""
            [network] r.txt:2:1 `127.0.0.1` cannot be reached for `six`: connection refused
            hint: look at the network, at the proxy and at the URL of the index
            """#),
    CapturedOutput(
        name: "uv-dns",
        requirements: #"six==1.17.0"#,
        output: #"""
            error: Failed to fetch: https://nohost.invalid/simple/six/
              cause: error sending request for url (https://nohost.invalid/simple/six/)
              cause: client error (Connect)
              cause: dns error
              cause: error resolving DNS
              cause: failed to lookup address information: Name or service not known
            """#,
        told: #"""
            [network] r.txt:2:1 `nohost.invalid` cannot be reached for `six`: there is no host of this name
            hint: look at the network, at the proxy and at the URL of the index
            """#),
    CapturedOutput(
        name: "uv-tls",
        requirements: #"six==1.17.0"#,
        output: #"""
            error: Failed to fetch: https://localhost:8992/simple/six/
              cause: error sending request for url (https://localhost:8992/simple/six/)
              cause: client error (Connect)
              cause: invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))
            """#,
        told: #"""
            [network] r.txt:2:1 `localhost` cannot be reached for `six`: its certificate is not trusted
            hint: name the file of its authority in `SSL_CERT_FILE`, or as `cert` in pip's configuration
            """#),
    CapturedOutput(
        name: "uv-timeout",
        requirements: #"six==1.17.0"#,
        output: #"""
            error: Failed to fetch: http://127.0.0.1:8991/slow/simple/six/
              cause: error sending request for url (http://127.0.0.1:8991/slow/simple/six/)
              cause: operation timed out
            """#,
        told: #"""
            [network] r.txt:2:1 `127.0.0.1` cannot be reached for `six`: no answer in time
            hint: look at the network, at the proxy and at the URL of the index
            """#),
    CapturedOutput(
        name: "uv-proxy",
        requirements: #"six==1.17.0"#,
        output: #"""
            error: Failed to fetch: https://pypi.org/simple/six/
              cause: error sending request for url (https://pypi.org/simple/six/)
              cause: client error (Connect)
              cause: tunnel error: failed to create underlying connection
              cause: tcp connect error
              cause: Connection refused (os error 111)
            """#,
        told: #"""
            [network] r.txt:2:1 `pypi.org` cannot be reached for `six`: the proxy refuses the connection or is not there
            hint: look at the network, at the proxy and at the URL of the index
            """#),
    CapturedOutput(
        name: "uv-git",
        requirements: #"six @ git+https://127.0.0.1:8992/x.git@main"#,
        output: #"""
            error: Failed to download and build `six @ git+https://127.0.0.1:8992/x.git@main`
              cause: Git operation failed
              cause: failed to clone into: uvcache/git-v2/db/30829cda472e0935
              cause: failed to fetch branch or tag `main`
              cause: process didn't exit successfully: `/usr/bin/git fetch --force --update-head-ok 'https://127.0.0.1:8992/x.git' '+refs/tags/main:refs/remotes/origin/tags/main'` (exit status: 128)
                     --- stderr
                     fatal: unable to access 'https://127.0.0.1:8992/x.git/': server certificate verification failed. CAfile: /etc/ssl/certs/ca-certificates.crt CRLfile: none
            """#,
        told: #"""
            [network] r.txt:2:1 `127.0.0.1` cannot be reached: its certificate is not trusted
            hint: name the file of its authority in `SSL_CERT_FILE`, or as `cert` in pip's configuration
            """#),
    CapturedOutput(
        name: "uv-offline",
        requirements: #"six==1.17.0"#,
        output: #"""
            error: No solution found when resolving dependencies
              cause: Because six was not found in the cache and you require six==1.17.0, we can conclude that your requirements are unsatisfiable.

            hint: Packages were unavailable because the network was disabled. When the network is disabled, registry packages may only be read from the cache.
            """#,
        told: #"""
            [network] r.txt:2:1 `six` is not in uv's cache, and the network is switched off
            hint: unset `UV_OFFLINE`
            """#),
    CapturedOutput(
        name: "uv-enospc",
        requirements: #"tqdm==4.67.1"#,
        output: #"""
            error: Failed to install: tqdm-4.67.1-py3-none-any.whl (tqdm==4.67.1)
              cause: Failed to copy to `/p/small/v/lib/python3.11/site-packages/tqdm/__main__.py`
              cause: failed to copy file from /cache/archive-v0/n5SBphzEIbRhFht9/tqdm/__main__.py to /p/small/v/lib/python3.11/site-packages/tqdm/.tmpZ980nE: No space left on device (os error 28)
            """#,
        told: #"""
            [disk] -:0:0 no space is left for `/p/small/v/lib/python3.11/site-packages/tqdm/.tmpZ980nE`
            hint: make room, or choose another disk with `XDG_CACHE_HOME`
            cause: failed to copy file from /cache/archive-v0/n5SBphzEIbRhFht9/tqdm/__main__.py to /p/small/v/lib/python3.11/site-packages/tqdm/.tmpZ980nE: No space left on device (os error 28)
            """#),
    CapturedOutput(
        name: "uv-enospc-cache",
        requirements: #"six==1.17.0"#,
        output: #"""
            error: Failed to initialize cache at `small/cache`
              cause: failed to write to file `small/cache/CACHEDIR.TAG`: No space left on device (os error 28)
            """#,
        told: #"""
            [disk] -:0:0 no space is left for `small/cache/CACHEDIR.TAG`
            hint: make room, or choose another disk with `XDG_CACHE_HOME`
            cause: failed to write to file `small/cache/CACHEDIR.TAG`: No space left on device (os error 28)
            """#),
    CapturedOutput(
        name: "uv-erofs",
        requirements: #"six==1.17.0"#,
        output: #"""
            error: Failed to initialize cache at `small/c`
              cause: failed to create directory `small/c`: Read-only file system (os error 30)
            """#,
        told: #"""
            [disk] -:0:0 the file system is read-only for `small/c`
            hint: make room, or choose another disk with `XDG_CACHE_HOME`
            cause: failed to create directory `small/c`: Read-only file system (os error 30)
            """#),
]
