import PluginKit
import Testing

/// Lines that pip accepts, and the one form that they are compared in.
private let acceptedLines = [
    ("Foo_Bar.baz == 1.0 , >0.5", "foo-bar-baz==1.0,>0.5"),
    ("foo [B, a_c]>=1.0rc1; python_version>='3'  # why", "foo[a-c,b]>=1.0rc1 ; python_version>='3'"),
    ("foo (>=1,<2)", "foo<2,>=1"),
    ("foo==1!2.0.post1.dev3+local.1", "foo==1!2.0.post1.dev3+local.1"),
    ("foo===anything", "foo===anything"),
    ("foo==1.*", "foo==1.*"),
    ("foo>=1,", "foo>=1"),
    ("foo ;", "foo"),
    (
        "foo; 'a' in extra and (os_name == 'x' or sys.platform not in 'b')",
        "foo ; 'a' in extra and (os_name == 'x' or sys.platform not in 'b')"
    ),
    ("foo @ https://u:p@h/foo.whl ; os_name == 'x'", "foo @ https://h/foo.whl ; os_name == 'x'"),
    ("foo@git+https://h/x.git@v1", "foo @ git+https://h/x.git@v1"),
    ("https://u@h/x.tar.gz#egg=x", "https://h/x.tar.gz#egg=x"),
    ("foo==1 --hash=sha256:b --hash sha256:a", "foo==1 --hash sha256:a --hash sha256:b"),
    ("foo==1 \\\n    --hash=sha256:a", "foo==1 --hash sha256:a"),
    ("-e git+https://u:p@h/x.git#egg=x", "--editable git+https://h/x.git#egg=x"),
    ("foo==${V}", "foo==1.5"),
    ("foo @ https://h/${V}.whl", "foo @ https://h/1.5.whl"),
    ("foo @ https://h/${A_TOKEN}/x.whl", "foo @ https://h/${A_TOKEN}/x.whl"),
]

@Suite struct AcceptedLinesTests {
    @Test(arguments: acceptedLines)
    func `what pip accepts is accepted and has one form`(line: String, form: String) throws {
        let project = try ProjectFolder(["r.txt": line])
        let answer = try project.plan(variables: ["V": "1.5", "A_TOKEN": "secret"])
        #expect(answer.diagnostics.isEmpty)
        #expect(answer.components["requirements"] == form)
    }

    @Test func `order, comments, blank lines and spaces do not matter, included files do`() throws {
        let first = try ProjectFolder([
            "r.txt": "# head\nPyYAML\n\nnumpy==2.1   \n-r more.txt\n-c c.txt", "more.txt": "six", "c.txt": "a<2",
        ])
        let second = try ProjectFolder([
            "r.txt": "six\r\nnumpy == 2.1 # pinned\r\npyyaml\r\n-c c.txt", "c.txt": "a<2",
        ])
        #expect(try first.plan().components == second.plan().components)
        #expect(try first.plan().components["requirements"] == "-c a<2\nnumpy==2.1\npyyaml\nsix")
        #expect(try first.plan().files == ["r.txt", "more.txt", "c.txt"].map(first.path))
        #expect(try first.plan().inputs.isEmpty)
    }

    @Test func `where packages come from matters, its credentials do not`() throws {
        let project = try ProjectFolder([
            "r.txt":
                "-i https://u:${T}@h/simple\n--extra-index=https://e/${MY_KEY}/x\n-f ./wheels\n--pre\n--trusted-host h\n"
        ])
        let components = try project.plan(variables: ["T": "secret", "MY_KEY": "secret"]).components
        let indexes = "--index-url https://h/simple\n--extra-index-url https://e/${MY_KEY}/x\n--find-links ./wheels"
        #expect(components["indexes"] == indexes)
        #expect(components["options"] == "--pre")
    }

    @Test func `what variables of the node say about indexes matters`() throws {
        let project = try ProjectFolder(["r.txt": "a"])
        let facts = ProjectFolder.uvFacts.merging(["indexes": "PIP_INDEX_URL=https://h"]) { $1 }
        #expect(try project.plan(facts: facts).components["indexes"] == "PIP_INDEX_URL=https://h")
    }
}
