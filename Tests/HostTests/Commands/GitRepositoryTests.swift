import Host
import Testing

@Suite struct `The address of a repository` {
    @Test(arguments: [
        ("https://example.org/x.git", "https://example.org/x.git"),
        ("https://ada:secret@example.org/x.git", "https://example.org/x.git"),
        ("https://token@example.org:8443/x@y.git", "https://example.org:8443/x@y.git"),
        ("https://ada:s@c@example.org/x.git", "https://example.org/x.git"),
        ("ssh://git@example.org/x.git", "ssh://git@example.org/x.git"),
        ("ssh://git:secret@example.org:22/x.git", "ssh://git@example.org:22/x.git"),
        ("git@example.org:x.git", "git@example.org:x.git"), ("/srv/x.git", "/srv/x.git"),
        ("file:///srv/a@b", "file:///srv/a@b"), ("../x", "../x"), ("", ""),
    ])
    func `loses its credentials`(url: String, expected: String) {
        #expect(GitRepository.withoutCredentials(url) == expected)
    }
}
