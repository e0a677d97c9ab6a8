/// What uv 0.13 says of packages that there are not, that exclude each other, and that cannot be built.
let uvOnPackages = [
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
]
