import Testing

/// Outputs of real uv 0.13 and pip 23 runs that failed, with the requirements that they failed for.
struct CapturedOutput: Sendable, CustomTestStringConvertible {
    var name: String
    var requirements: String
    var output: String
    /// What is said about it.
    var told = ""

    var testDescription: String { name }
}

let capturedOutputs = [
    CapturedOutput(
        name: "uv-noversion",
        requirements: #"click==99.99"#,
        output: #"""
            error: No solution found when resolving dependencies
              cause: Because there is no version of click==99.99 and you require click==99.99, we can conclude that your requirements are unsatisfiable.
            ray: newest click 8.5.1
            """#,
        told: #"""
            [unsatisfiable] r.txt:2:1 no version of click matches ==99.99 (newest is 8.5.1)
            hint: ask for a version that there is
            """#),
    CapturedOutput(
        name: "uv-noversion-ge",
        requirements: #"click>=99.99"#,
        output: #"""
            error: No solution found when resolving dependencies
              cause: Because only click<=8.5.1 is available and you require click>=99.99, we can conclude that your requirements are unsatisfiable.
            """#,
        told: #"""
            [unsatisfiable] r.txt:2:1 no version of click matches >=99.99 (newest is 8.5.1)
            hint: ask for a version that there is
            """#),
    CapturedOutput(
        name: "uv-conflict",
        requirements: "flask==3.0.0\nclick==6.0",
        output: #"""
            error: No solution found when resolving dependencies
              cause: Because flask==3.0.0 depends on click>=8.1.3 and you require click==6.0, we can conclude that your requirements and flask==3.0.0 are incompatible.
                     And because you require flask==3.0.0, we can conclude that your requirements are unsatisfiable.
            """#,
        told: #"""
            [unsatisfiable] r.txt:2:1 `flask==3.0.0` and `click==6.0` conflict
            hint: loosen one of them
            cause: r.txt:3: click==6.0
            Because flask==3.0.0 depends on click>=8.1.3 and you require click==6.0, we can conclude that your requirements and flask==3.0.0 are incompatible.
            And because you require flask==3.0.0, we can conclude that your requirements are unsatisfiable.
            """#),
    CapturedOutput(
        name: "uv-conflict2",
        requirements: "flask==3.0.0\nrequests==2.32.3\nurllib3==0.9",
        output: #"""
            error: No solution found when resolving dependencies
              cause: Because requests==2.32.3 depends on urllib3>=1.21.1,<3 and you require requests==2.32.3, we can conclude that you require urllib3>=1.21.1,<3.
                     And because you require urllib3==0.9, we can conclude that your requirements are unsatisfiable.
            """#,
        told: #"""
            [unsatisfiable] r.txt:3:1 `requests==2.32.3` and `urllib3==0.9` conflict
            hint: loosen one of them
            cause: r.txt:4: urllib3==0.9
            Because requests==2.32.3 depends on urllib3>=1.21.1,<3 and you require requests==2.32.3, we can conclude that you require urllib3>=1.21.1,<3.
            And because you require urllib3==0.9, we can conclude that your requirements are unsatisfiable.
            """#),
    CapturedOutput(
        name: "uv-conflict3",
        requirements: "click==8.1.7\nclick==8.1.6",
        output: #"""
            error: No solution found when resolving dependencies
              cause: Because you require click==8.1.7 and click==8.1.6, we can conclude that your requirements are unsatisfiable.
            """#,
        told: #"""
            [unsatisfiable] r.txt:2:1 `click==8.1.7` and `click==8.1.6` conflict
            hint: loosen one of them
            cause: r.txt:3: click==8.1.6
            Because you require click==8.1.7 and click==8.1.6, we can conclude that your requirements are unsatisfiable.
            """#),
    CapturedOutput(
        name: "uv-nopackage",
        requirements: #"clik-nope-xyz==1"#,
        output: #"""
            error: No solution found when resolving dependencies
              cause: Because clik-nope-xyz was not found in the package registry and you require clik-nope-xyz==1, we can conclude that your requirements are unsatisfiable.
            """#,
        told: #"""
            [unsatisfiable] r.txt:2:1 there is no package `clik-nope-xyz`
            hint: look at its name, and at the index that it comes from
            """#),
    CapturedOutput(
        name: "uv-python",
        requirements: #"numpy==2.5.5"#,
        output: #"""
            error: No solution found when resolving dependencies for split (markers: python_full_version == '3.11.*')
              cause: Because the requested Python version (>=3.11) does not satisfy Python>=3.12 and numpy==2.5.5 depends on Python>=3.12, we can conclude that numpy==2.5.5 cannot be used.
                     And because only numpy<=2.5.5 is available and you require numpy==2.5.5, we can conclude that your requirements are unsatisfiable.

            hint: The `requires-python` value (>=3.11) includes Python versions that are not supported by your dependencies (e.g., numpy==2.5.5 only supports >=3.12). Consider using a more restrictive `requires-python` value (like >=3.12).
            """#,
        told: #"""
            [unsatisfiable] r.txt:2:1 `numpy==2.5.5` takes Python >=3.12, and this is for Python >=3.11
            hint: allow an older version of it, or choose another Python with `python` in `environment`
            """#),
    CapturedOutput(
        name: "uv-python-inst",
        requirements: #"numpy==2.5.5"#,
        output: #"""
            error: No solution found when resolving dependencies
              cause: Because the current Python version (3.11.7) does not satisfy Python>=3.12 and numpy==2.5.5 depends on Python>=3.12, we can conclude that numpy==2.5.5 cannot be used.
                     And because only numpy<=2.5.5 is available and you require numpy==2.5.5, we can conclude that your requirements are unsatisfiable.
            """#,
        told: #"""
            [unsatisfiable] r.txt:2:1 `numpy==2.5.5` takes Python >=3.12, and this is for Python 3.11.7
            hint: allow an older version of it, or choose another Python with `python` in `environment`
            """#),
    CapturedOutput(
        name: "uv-nowheel",
        requirements: #"torch==1.4.0"#,
        output: #"""
            error: No solution found when resolving dependencies
              cause: Because torch==1.4.0 has no wheels with a matching Python version tag (e.g., `cp311`) and you require torch==1.4.0, we can conclude that your requirements are unsatisfiable.

            hint: Wheels are available for `torch` (v1.4.0) with the following Python ABI tags: `cp27m`, `cp27mu`, `cp35m`, `cp36m`, `cp37m`, `cp38`
            """#,
        told: #"""
            [unsatisfiable] r.txt:2:1 `torch==1.4.0` has no wheel for this Python and platform
            hint: choose another version of it, or another Python with `python` in `environment`
            cause: Wheels are available for `torch` (v1.4.0) with the following Python ABI tags: `cp27m`, `cp27mu`, `cp35m`, `cp36m`, `cp37m`, `cp38`
            """#),
    CapturedOutput(
        name: "uv-hash",
        requirements: #"six==1.17.0 --hash=sha256:0000000000000000000000000000000000000000000000000000000000000000"#,
        output: #"""
            error: Failed to download `six==1.17.0`
              cause: Hash mismatch for `six==1.17.0`

                     Expected:
                       sha256:0000000000000000000000000000000000000000000000000000000000000000

                     Computed:
                       sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274
            """#,
        told: #"""
            [hash] r.txt:2:1 `six==1.17.0` does not match its hash
            hint: find out why it is another file; if it may be, `ray environment lock --upgrade six`
            cause: expected sha256:0000000000000000000000000000000000000000000000000000000000000000
            got sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274
            """#),
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
        name: "uv-build",
        requirements: #"./bad"#,
        output: #"""
            error: The build backend returned an error
              cause: Call to `setuptools.build_meta:__legacy__.get_requires_for_build_wheel` failed (exit status: 1)

                     [stdout]
                     about to fail

                     [stderr]
                     Traceback (most recent call last):
                       File "<string>", line 14, in <module>
                       File "/cache/builds-v0/.tmpoEilkB/lib/python3.11/site-packages/setuptools/build_meta.py", line 333, in get_requires_for_build_wheel
                         return self._get_build_requires(config_settings, requirements=[])
                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                       File "/cache/builds-v0/.tmpoEilkB/lib/python3.11/site-packages/setuptools/build_meta.py", line 301, in _get_build_requires
                         self.run_setup()
                       File "/cache/builds-v0/.tmpoEilkB/lib/python3.11/site-packages/setuptools/build_meta.py", line 520, in run_setup
                         super().run_setup(setup_script=setup_script)
                       File "/cache/builds-v0/.tmpoEilkB/lib/python3.11/site-packages/setuptools/build_meta.py", line 317, in run_setup
                         exec(code, locals())  # noqa: S102 # exec is intentional here
                         ^^^^^^^^^^^^^^^^^^^^
                       File "<string>", line 3, in <module>
                     RuntimeError: no luck today
            """#,
        told: #"""
            [build-failed] r.txt:2:1 `./bad` cannot be built from its source
            hint: choose a version that comes as a wheel, or install what its build lacks
            cause: File "/cache/builds-v0/.tmpoEilkB/lib/python3.11/site-packages/setuptools/build_meta.py", line 301, in _get_build_requires
            self.run_setup()
            File "/cache/builds-v0/.tmpoEilkB/lib/python3.11/site-packages/setuptools/build_meta.py", line 520, in run_setup
            super().run_setup(setup_script=setup_script)
            File "/cache/builds-v0/.tmpoEilkB/lib/python3.11/site-packages/setuptools/build_meta.py", line 317, in run_setup
            exec(code, locals())  # noqa: S102 # exec is intentional here
            File "<string>", line 3, in <module>
            RuntimeError: no luck today
            """#),
    CapturedOutput(
        name: "uv-compile",
        requirements: #"./badc"#,
        output: #"""
            error: Failed to build `badc @ file:///p/badc`
              cause: The build backend returned an error
              cause: Call to `setuptools.build_meta:__legacy__.build_wheel` failed (exit status: 1)

                     [stdout]
                     running bdist_wheel
                     running build
                     running build_ext
                     building 'badc' extension
                     gcc -Wsign-compare -DNDEBUG -g -fwrapv -O3 -Wall -fPIC -I/cache/builds-v0/.tmplbfaLi/include -I/usr/include/python3.11 -c b.c -o build/temp.linux-x86_64-cpython-311/b.o

                     [stderr]
                     b.c:1:11: error: expected declaration specifiers or ‘...’ before ‘{’ token
                         1 | int main( {
                           |           ^
                     error: Command '['gcc', '-Wsign-compare', '-DNDEBUG', '-g', '-fwrapv', '-O3', '-Wall', '-fPIC', '-I/cache/builds-v0/.tmplbfaLi/include', '-I/usr/include/python3.11', '-c', 'b.c', '-o', 'build/temp.linux-x86_64-cpython-311/b.o']' returned non-zero exit status 1.

            hint: Build failures usually indicate a problem with the package or the build environment
            """#,
        told: #"""
            [build-failed] r.txt:2:1 `badc` cannot be built from its source
            hint: choose a version that comes as a wheel, or install what its build lacks
            cause: running build
            running build_ext
            building 'badc' extension
            gcc -Wsign-compare -DNDEBUG -g -fwrapv -O3 -Wall -fPIC -I/cache/builds-v0/.tmplbfaLi/include -I/usr/include/python3.11 -c b.c -o build/temp.linux-x86_64-cpython-311/b.o
            b.c:1:11: error: expected declaration specifiers or ‘...’ before ‘{’ token
            1 | int main( {
            |           ^
            error: Command '['gcc', '-Wsign-compare', '-DNDEBUG', '-g', '-fwrapv', '-O3', '-Wall', '-fPIC', '-I/cache/builds-v0/.tmplbfaLi/include', '-I/usr/include/python3.11', '-c', 'b.c', '-o', 'build/temp.lin…
            """#),
    CapturedOutput(
        name: "uv-nocc",
        requirements: #"./badc"#,
        output: #"""
            error: Failed to build `badc @ file:///p/badc`
              cause: The build backend returned an error
              cause: Call to `setuptools.build_meta:__legacy__.build_wheel` failed (exit status: 1)

                     [stdout]
                     running bdist_wheel
                     running build
                     running build_ext
                     building 'badc' extension
                     nocc -Wsign-compare -DNDEBUG -g -fwrapv -O3 -Wall -fPIC -I/cache/builds-v0/.tmptXA0aB/include -I/usr/include/python3.11 -c b.c -o build/temp.linux-x86_64-cpython-311/b.o

                     [stderr]
                     error: [Errno 2] No such file or directory: 'nocc'

            hint: Build failures usually indicate a problem with the package or the build environment
            """#,
        told: #"""
            [tool-missing] r.txt:2:1 building `badc` takes `nocc`, which is not there
            hint: install `nocc`, or choose a version that comes as a wheel
            cause: running bdist_wheel
            running build
            running build_ext
            building 'badc' extension
            nocc -Wsign-compare -DNDEBUG -g -fwrapv -O3 -Wall -fPIC -I/cache/builds-v0/.tmptXA0aB/include -I/usr/include/python3.11 -c b.c -o build/temp.linux-x86_64-cpython-311/b.o
            error: [Errno 2] No such file or directory: 'nocc'
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
    CapturedOutput(
        name: "uv-badzip",
        requirements: #"./wlb-1.0-py3-none-any.whl"#,
        output: #"""
            error: No solution found when resolving dependencies
              cause: Because wlb has an invalid package format and you require wlb, we can conclude that your requirements are unsatisfiable.

            hint: The structure of `wlb` was invalid
              Caused by: Failed to read from zip file
              Caused by: unable to locate the end of central directory record
            """#,
        told: #"""
            [input] r.txt:2:1 `wlb` is no package: its file is damaged
            hint: put a whole one in its place
            """#),
    CapturedOutput(
        name: "uv-missing",
        requirements: #"six==1.17.0"#,
        output: #"""
            error: The wheel filename `nothere.whl` is invalid: Must have a version
            """#,
        told: #"""
            [input] project.yaml:3:17 uv cannot read what is asked for
            hint: uv reads less than pip does: write it otherwise, or set `RAY_UV=no` to use pip
            cause: The wheel filename `nothere.whl` is invalid: Must have a version
            """#),
    CapturedOutput(
        name: "pip-noversion",
        requirements: #"click==99.99"#,
        output: #"""
            ERROR: Could not find a version that satisfies the requirement click==99.99 (from versions: 0.1, 8.4.2, 8.5.0, 8.5.1)
            ERROR: No matching distribution found for click==99.99
            """#,
        told: #"""
            [unsatisfiable] r.txt:2:1 no version of click matches ==99.99 (newest is 8.5.1)
            hint: ask for a version that there is
            """#),
    CapturedOutput(
        name: "pip-python",
        requirements: #"numpy==2.5.5"#,
        output: #"""
            ERROR: Ignored the following versions that require a different python version: 1.21.2 Requires-Python >=3.7,<3.11; 1.21.3 Requires-Python >=3.7,<3.11; 1.21.4 Requires-Python >=3.7,<3.11; 1.21.5 Requires-Python >=3.7,<3.11; 1.21.6 Requires-Python >=3.7,<3.11; 2.5.0 Requires-Python >=3.12; 2.5.0rc1 Requires-Python >=3.12; 2.5.1 Requires-Python >=3.12; 2.5.2 Requires-Python >=3.12; 2.5.3 Requires-Python >=3.12; 2.5.4 Requires-Python >=3.12; 2.5.5 Requires-Python >=3.12
            ERROR: Could not find a version that satisfies the requirement numpy==2.5.5 (from versions: 0.1, 2.4.0, 2.4.1, 2.4.2, 2.4.3, 2.4.4, 2.4.5, 2.4.6)
            ERROR: No matching distribution found for numpy==2.5.5
            """#,
        told: #"""
            [unsatisfiable] r.txt:2:1 `numpy==2.5.5` takes Python >=3.12, and this is for Python 3.11.2
            hint: allow an older version of it, or choose another Python with `python` in `environment`
            """#),
    CapturedOutput(
        name: "pip-conflict",
        requirements: "flask==3.0.0\nclick==6.0",
        output: #"""
            ERROR: Cannot install -r r.txt (line 2) and click==6.0 because these package versions have conflicting dependencies.
            ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/en/latest/topics/dependency-resolution/#dealing-with-dependency-conflicts
            ray: The conflict is caused by:
            ray:     The user requested click==6.0
            ray:     flask 3.0.0 depends on click>=8.1.3
            """#,
        told: #"""
            [unsatisfiable] r.txt:2:1 `flask==3.0.0` and `click==6.0` conflict
            hint: loosen one of them
            cause: r.txt:3: click==6.0
            The conflict is caused by:
            The user requested click==6.0
            flask 3.0.0 depends on click>=8.1.3
            """#),
    CapturedOutput(
        name: "pip-conflict3",
        requirements: "click==8.1.7\nclick==8.1.6",
        output: #"""
            ERROR: Cannot install click==8.1.6 and click==8.1.7 because these package versions have conflicting dependencies.
            ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/en/latest/topics/dependency-resolution/#dealing-with-dependency-conflicts
            """#,
        told: #"""
            [unsatisfiable] r.txt:2:1 `click==8.1.7` and `click==8.1.6` conflict
            hint: loosen one of them
            cause: r.txt:3: click==8.1.6
            """#),
    CapturedOutput(
        name: "pip-conflict-of-others",
        requirements: "flask==3.0.0",
        output: #"""
            ERROR: Cannot install werkzeug==1.0 and jinja2==1.0 because these package versions have conflicting dependencies.
            """#,
        told: #"""
            [unsatisfiable] project.yaml:3:17 the requirements conflict
            hint: loosen one of them
            """#),
    CapturedOutput(
        name: "pip-nopackage",
        requirements: #"clik-nope-xyz==1"#,
        output: #"""
            ERROR: Could not find a version that satisfies the requirement clik-nope-xyz==1 (from versions: none)
            ERROR: No matching distribution found for clik-nope-xyz==1
            """#,
        told: #"""
            [unsatisfiable] r.txt:2:1 there is no package `clik-nope-xyz` for this Python and platform
            hint: look at its name, and at the index that it comes from
            """#),
    CapturedOutput(
        name: "pip-hash",
        requirements: #"six==1.17.0 --hash=sha256:0000000000000000000000000000000000000000000000000000000000000000"#,
        output: #"""
            ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions, please update the hashes. Otherwise, examine the package contents carefully; someone may have tampered with them.
                six==1.17.0 from https://files.pythonhosted.org/packages/b7/ce/149a00dd41f10bc29e5921b496af8b574d8413afcd5e30dfa0ed46c2cc5e/six-1.17.0-py2.py3-none-any.whl (from -r r.txt (line 2)):
                    Expected sha256 0000000000000000000000000000000000000000000000000000000000000000
                         Got        4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274
            """#,
        told: #"""
            [hash] r.txt:2:1 `six==1.17.0` does not match its hash
            hint: find out why it is another file; if it may be, `ray environment lock --upgrade six`
            cause: expected sha256:0000000000000000000000000000000000000000000000000000000000000000
            got sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274
            """#),
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
        name: "pip-compile",
        requirements: #"./badc"#,
        output: #"""
              error: subprocess-exited-with-error

              × Building wheel for badc (pyproject.toml) did not run successfully.
              │ exit code: 1
              ╰─> [9 lines of output]
                  running bdist_wheel
                  running build
                  running build_ext
                  building 'badc' extension
                  gcc -Wsign-compare -DNDEBUG -g -fwrapv -O3 -Wall -fPIC -I/p/pv/include -I/usr/include/python3.11 -c b.c -o build/temp.linux-x86_64-cpython-311/b.o
                  b.c:1:11: error: expected declaration specifiers or ‘...’ before ‘{’ token
                      1 | int main( {
                        |           ^
                  error: Command '['gcc', '-Wsign-compare', '-DNDEBUG', '-g', '-fwrapv', '-O3', '-Wall', '-fPIC', '-I/p/pv/include', '-I/usr/include/python3.11', '-c', 'b.c', '-o', 'build/temp.linux-x86_64-cpython-311/b.o']' returned non-zero exit status 1.
                  [end of output]

              note: This error originates from a subprocess, and is likely not a problem with pip.
              ERROR: Failed building wheel for badc
            ERROR: Could not build wheels for badc, which is required to install pyproject.toml-based projects
            """#,
        told: #"""
            [build-failed] r.txt:2:1 `badc` cannot be built from its source
            hint: choose a version that comes as a wheel, or install what its build lacks
            cause: running build
            running build_ext
            building 'badc' extension
            gcc -Wsign-compare -DNDEBUG -g -fwrapv -O3 -Wall -fPIC -I/p/pv/include -I/usr/include/python3.11 -c b.c -o build/temp.linux-x86_64-cpython-311/b.o
            b.c:1:11: error: expected declaration specifiers or ‘...’ before ‘{’ token
            1 | int main( {
            |           ^
            error: Command '['gcc', '-Wsign-compare', '-DNDEBUG', '-g', '-fwrapv', '-O3', '-Wall', '-fPIC', '-I/p/pv/include', '-I/usr/include/python3.11', '-c', 'b.c', '-o', 'build/temp.linux-x86_64-cpython-311/…
            """#),
    CapturedOutput(
        name: "pip-nocc",
        requirements: #"./badc"#,
        output: #"""
              error: subprocess-exited-with-error

              × Building wheel for badc (pyproject.toml) did not run successfully.
              │ exit code: 1
              ╰─> [6 lines of output]
                  running bdist_wheel
                  running build
                  running build_ext
                  building 'badc' extension
                  nocc -Wsign-compare -DNDEBUG -g -fwrapv -O3 -Wall -fPIC -I/p/pv/include -I/usr/include/python3.11 -c b.c -o build/temp.linux-x86_64-cpython-311/b.o
                  error: [Errno 2] No such file or directory: 'nocc'
                  [end of output]

              note: This error originates from a subprocess, and is likely not a problem with pip.
              ERROR: Failed building wheel for badc
            ERROR: Could not build wheels for badc, which is required to install pyproject.toml-based projects
            """#,
        told: #"""
            [tool-missing] r.txt:2:1 building `badc` takes `nocc`, which is not there
            hint: install `nocc`, or choose a version that comes as a wheel
            cause: running bdist_wheel
            running build
            running build_ext
            building 'badc' extension
            nocc -Wsign-compare -DNDEBUG -g -fwrapv -O3 -Wall -fPIC -I/p/pv/include -I/usr/include/python3.11 -c b.c -o build/temp.linux-x86_64-cpython-311/b.o
            error: [Errno 2] No such file or directory: 'nocc'
            """#),
    CapturedOutput(
        name: "pip-build",
        requirements: #"./bad"#,
        output: #"""
                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                    File "/tmp/pip-build-env-i7hhwzag/overlay/lib/python3.11/site-packages/setuptools/build_meta.py", line 301, in _get_build_requires
                      self.run_setup()
                    File "/tmp/pip-build-env-i7hhwzag/overlay/lib/python3.11/site-packages/setuptools/build_meta.py", line 520, in run_setup
                      super().run_setup(setup_script=setup_script)
                    File "/tmp/pip-build-env-i7hhwzag/overlay/lib/python3.11/site-packages/setuptools/build_meta.py", line 317, in run_setup
                      exec(code, locals())  # noqa: S102 # exec is intentional here
                      ^^^^^^^^^^^^^^^^^^^^
                    File "<string>", line 3, in <module>
                  RuntimeError: no luck today
                  [end of output]

              note: This error originates from a subprocess, and is likely not a problem with pip.
            error: subprocess-exited-with-error

            × Getting requirements to build wheel did not run successfully.
            │ exit code: 1
            ╰─> See above for output.

            note: This error originates from a subprocess, and is likely not a problem with pip.
            """#,
        told: #"""
            [build-failed] r.txt:2:1 `./bad` cannot be built from its source
            hint: choose a version that comes as a wheel, or install what its build lacks
            cause: File "/tmp/pip-build-env-i7hhwzag/overlay/lib/python3.11/site-packages/setuptools/build_meta.py", line 301, in _get_build_requires
            self.run_setup()
            File "/tmp/pip-build-env-i7hhwzag/overlay/lib/python3.11/site-packages/setuptools/build_meta.py", line 520, in run_setup
            super().run_setup(setup_script=setup_script)
            File "/tmp/pip-build-env-i7hhwzag/overlay/lib/python3.11/site-packages/setuptools/build_meta.py", line 317, in run_setup
            exec(code, locals())  # noqa: S102 # exec is intentional here
            File "<string>", line 3, in <module>
            RuntimeError: no luck today
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
        name: "pip-sdist2",
        requirements: #"pygraphviz==1.11"#,
        output: #"""
                  writing dependency_links to pygraphviz.egg-info/dependency_links.txt
                  writing top-level names to pygraphviz.egg-info/top_level.txt
                  reading manifest file 'pygraphviz.egg-info/SOURCES.txt'
                  reading manifest template 'MANIFEST.in'
                  warning: no files found matching '*.png' under directory 'doc'
                  warning: no files found matching '*.txt' under directory 'doc'
                  warning: no files found matching '*.css' under directory 'doc'
                  warning: no previously-included files matching '*~' found anywhere in distribution
                  warning: no previously-included files matching '*.pyc' found anywhere in distribution
                  warning: no previously-included files matching '.svn' found anywhere in distribution
                  no previously-included directories found matching 'doc/build'
                  adding license file 'LICENSE'
                  writing manifest file 'pygraphviz.egg-info/SOURCES.txt'
                  copying pygraphviz/graphviz.i -> build/lib.linux-x86_64-cpython-311/pygraphviz
                  copying pygraphviz/graphviz_wrap.c -> build/lib.linux-x86_64-cpython-311/pygraphviz
                  warning: build_py: byte-compiling is disabled, skipping.

                  running build_ext
                  building 'pygraphviz._graphviz' extension
                  gcc -Wsign-compare -DNDEBUG -g -fwrapv -O3 -Wall -fPIC -DSWIG_PYTHON_STRICT_BYTE_CHAR -I/p/pv/include -I/usr/include/python3.11 -c pygraphviz/graphviz_wrap.c -o build/temp.linux-x86_64-cpython-311/pygraphviz/graphviz_wrap.o
                  pygraphviz/graphviz_wrap.c:3020:10: fatal error: graphviz/cgraph.h: No such file or directory
                   3020 | #include "graphviz/cgraph.h"
                        |          ^~~~~~~~~~~~~~~~~~~
                  compilation terminated.
                  error: Command '['gcc', '-Wsign-compare', '-DNDEBUG', '-g', '-fwrapv', '-O3', '-Wall', '-fPIC', '-DSWIG_PYTHON_STRICT_BYTE_CHAR', '-I/p/pv/include', '-I/usr/include/python3.11', '-c', 'pygraphviz/graphviz_wrap.c', '-o', 'build/temp.linux-x86_64-cpython-311/pygraphviz/graphviz_wrap.o']' returned non-zero exit status 1.
                  [end of output]

              note: This error originates from a subprocess, and is likely not a problem with pip.
              ERROR: Failed building wheel for pygraphviz
            ERROR: Could not build wheels for pygraphviz, which is required to install pyproject.toml-based projects
            """#,
        told: #"""
            [build-failed] r.txt:2:1 `pygraphviz` cannot be built from its source
            hint: install the library that `graphviz/cgraph.h` belongs to
            cause: running build_ext
            building 'pygraphviz._graphviz' extension
            gcc -Wsign-compare -DNDEBUG -g -fwrapv -O3 -Wall -fPIC -DSWIG_PYTHON_STRICT_BYTE_CHAR -I/p/pv/include -I/usr/include/python3.11 -c pygraphviz/graphviz_wrap.c -o build/temp.linux-x86_64-cpython-311/pyg…
            pygraphviz/graphviz_wrap.c:3020:10: fatal error: graphviz/cgraph.h: No such file or directory
            3020 | #include "graphviz/cgraph.h"
            |          ^~~~~~~~~~~~~~~~~~~
            compilation terminated.
            error: Command '['gcc', '-Wsign-compare', '-DNDEBUG', '-g', '-fwrapv', '-O3', '-Wall', '-fPIC', '-DSWIG_PYTHON_STRICT_BYTE_CHAR', '-I/p/pv/include', '-I/usr/include/python3.11', '-c', 'pygraphviz/grap…
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
