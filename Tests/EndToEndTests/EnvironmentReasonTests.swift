import FoundationEssentials
import Glibc
import Host
import Testing

/// What makes an environment another one, what does not, and what is said about it.
@Suite(.needsTestBed, .timeLimit(.minutes(10))) struct EnvironmentReasonTests {
    @Test func `what is only written in another way is not built again`() async throws {
        try await Workplace.withPip("click==8.1.7\ncolorama==0.4.6\n") { place in
            let layers = try await place.built()
            let texts = [
                "# a comment\nclick==8.1.7\ncolorama==0.4.6\n", "\n\nclick==8.1.7   \ncolorama==0.4.6",
                "colorama==0.4.6\nclick==8.1.7\n", "Click==8.1.7\nCOLORAMA==0.4.6\n",
                "click == 8.1.7\ncolorama==0.4.6\n",
            ]
            for text in texts {
                try place.write("requirements.txt", text)
                #expect(try await place.planned("pip")["action"] == "keep", "\(text)")
                let again = try await place.built()
                #expect(again == layers, "\(text)")
            }
            let touched = try await place.shell("sleep 0.02; touch requirements.txt; ray environment plan --json")
            #expect(touched.output.contains("\"keep\""))
            #expect(place.store.built().count == 1)
        }
    }

    @Test func `another version is told with the one before`() async throws {
        try await Workplace.withPip("click==8.1.7\n") { place in
            try await place.built()
            try place.write("requirements.txt", "click==8.1.8\n")
            let plan = try await place.planned("pip")
            #expect(plan["action"] == "lock and build")
            #expect(plan["lock_reason"] == "requirements: click==8.1.7 → click==8.1.8")
            let locked = try await place.ray("environment", "lock")
            #expect(locked.output == "+ click==8.1.8\n- click==8.1.7\n")
            let settled = try await place.planned("pip")
            #expect(settled["action"] == "build")
            #expect(settled["reason"]?.string?.contains("click==8.1.7 → click==8.1.8") == true, "\(settled)")
        }
    }

    @Test func `a wheel of the same name with new bytes is another one`() async throws {
        try await Workplace.withPip("./thing-1.0-py3-none-any.whl\n") { place in
            try await place.makeWheel("print('A')")
            let first = try #require(try await place.built()["pip"])
            #expect(try await place.run(first.prefix / "venv/bin/python", ["-c", "import thing"]).output == "A\n")
            try await place.makeWheel("print('B')")
            let plan = try await place.planned("pip")
            #expect(plan["lock_reason"]?.string?.contains("thing-1.0-py3-none-any.whl") == true, "\(plan)")
            let second = try #require(try await place.built()["pip"])
            #expect(second.digest != first.digest)
            #expect(try await place.run(second.prefix / "venv/bin/python", ["-c", "import thing"]).output == "B\n")
        }
    }

    @Test func `an edited source, constraint or nested file is another environment`() async throws {
        let requirements = "-r nested/more.txt\n-c constraints.txt\n-e ./lib\n./plain\nclick\n"
        try await Workplace.withPip(requirements) { place in
            for name in ["lib", "plain"] {
                try place.write(
                    "\(name)/pyproject.toml",
                    """
                    [project]
                    name = "my-\(name)"
                    version = "1.0"
                    [build-system]
                    requires = ["setuptools"]
                    build-backend = "setuptools.build_meta"
                    [tool.setuptools]
                    py-modules = ["my_\(name)"]
                    """)
                try place.write("\(name)/my_\(name).py", "print('\(name) 1')\n")
            }
            try place.write("nested/more.txt", "colorama==0.4.6\n")
            try place.write("constraints.txt", "click==8.1.7\n")
            var last = try #require(try await place.built()["pip"])
            #expect(try await place.built()["pip"] == last, "what the build wrote into the sources does not count")
            let edits = [
                ("lib/my_lib.py", "print('lib 2')\n"), ("plain/my_plain.py", "print('plain 2')\n"),
                ("constraints.txt", "click==8.1.8\n"), ("nested/more.txt", "colorama==0.4.5\n"),
            ]
            for (file, text) in edits {
                try place.write(file, text)
                #expect(try await place.planned("pip")["action"] != "keep", "\(file)")
                let next = try #require(try await place.built()["pip"])
                #expect(next.digest != last.digest, "\(file)")
                last = next
            }
            let outcome = try await place.run(
                last.prefix / "venv/bin/python",
                [
                    "-c",
                    "import my_lib, my_plain, click, importlib.metadata as m; print(click.__version__, m.version('colorama'))",
                ])
            #expect(outcome.output == "lib 2\nplain 2\n8.1.8 0.4.5\n")
        }
    }
}
