import FoundationEssentials

/// What a start would do, step by step, each with its reason.
package struct SessionPlan: Sendable, Codable {
    package struct Item: Sendable, Codable {
        package var step: String
        package var what: String?
        package var action: String
        package var reason: String
        package var steps: [String]
    }

    package var session: String
    package private(set) var items: [Item] = []

    package init(session: String) {
        self.session = session
    }

    package mutating func add(_ step: String, _ what: String?, _ action: String, _ reason: String, steps: [String] = [])
    {
        items.append(Item(step: step, what: what, action: action, reason: reason, steps: steps))
    }

    package var table: Table {
        var table = Table("STEP", "ACTION", "WHAT", "WHY")
        table.wrapsLast = true
        for item in items {
            table.add(item.step, item.action, item.what ?? "", item.reason)
            for step in item.steps { table.add("", "", "", "- " + step) }
        }
        return table
    }
}
