package import PluginKit

/// Builds the key `@ID@` of `environment`: a text, and a program that prints it.
package struct Builder: EnvironmentBuilder {
    package static let id = "@ID@"
    package static let version = "0.1.0"

    package init() {}

    /// Looks at the text and says what is wrong with it and where; changes nothing.
    package func check(_ request: BuilderRequest, _ call: Call) throws -> CheckAnswer {
        guard let fault = fault(of: try text(of: request)) else { return CheckAnswer() }
        return CheckAnswer(diagnostics: [
            Diagnostic(.input, fault, at: request.place(of: "/@ID@"), hint: "write one line of text")
        ])
    }

    /// Says what to build: the same answer for the same request.
    ///
    /// The host runs the steps.
    package func plan(_ request: BuilderRequest, _ call: Call) throws -> PlanAnswer {
        let text = try text(of: request)
        var answer = PlanAnswer()
        answer.components = ["text": text]
        let script = """
            mkdir -p "$RAY_LAYER/bin"
            cat > "$RAY_LAYER/bin/@ID@" <<'END'
            #!/bin/sh
            printf '%s\\n' "$@VARIABLE@_TEXT"
            END
            chmod +x "$RAY_LAYER/bin/@ID@"
            """
        answer.steps = [Step(title: "write the program @ID@", script: script, timeout: 60)]
        answer.activation = Activation(set: ["@VARIABLE@_TEXT": text], prepend: ["PATH": "${prefix}/bin"])
        // It runs inside the finished layer; where it fails, nobody gets to see the layer.
        answer.verify = #"test "$(@ID@)" = "$@VARIABLE@_TEXT""#
        return answer
    }

    private func text(of request: BuilderRequest) throws -> String {
        guard let text = request.environment["@ID@"]?.string else {
            throw PluginError(.input, "`@ID@` is no text")
        }
        return text
    }

    /// What keeps a text from being used.
    private func fault(of text: String) -> String? {
        if text.allSatisfy(\.isWhitespace) { return "the text is empty" }
        return text.contains(where: \.isNewline) ? "the text has more than one line" : nil
    }
}
