import Host

extension Workplace {
    /// Makes a wheel `thing-1.0` that holds one module with this text, in a folder of the project.
    func makeWheel(_ text: String, in folder: String = ".") async throws {
        _ = try await shell(
            """
            cd \(folder)
            python3 - <<'END'
            import base64, hashlib, zipfile
            files = {"thing.py": \(JSONValue.string(text).text),
                     "thing-1.0.dist-info/METADATA": "Metadata-Version: 2.1\\nName: thing\\nVersion: 1.0\\n",
                     "thing-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"}
            record = ""
            with zipfile.ZipFile("thing-1.0-py3-none-any.whl", "w") as wheel:
                for name, body in files.items():
                    digest = base64.urlsafe_b64encode(hashlib.sha256(body.encode()).digest()).decode().rstrip("=")
                    record += f"{name},sha256={digest},{len(body)}\\n"
                    wheel.writestr(name, body)
                wheel.writestr("thing-1.0.dist-info/RECORD", record + "thing-1.0.dist-info/RECORD,,\\n")
            END
            """)
    }
}
