/// What pip 23 says of packages that there are not, that exclude each other, and that cannot be built.
let pipOnPackages = [
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
]
