/// What pip 23 says.
let capturedOutputsOfPip = [
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
