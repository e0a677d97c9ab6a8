// swift-tools-version: 6.3

import PackageDescription

/// PluginAPI and PluginKit as they are installed, in share/ray/PluginKit: a package of their own, so
/// that the build of a plugin fetches nothing of the host.
///
/// Warnings are no errors here: an author's compiler may be newer than ours.
let package = Package(
    name: "PluginKit",
    products: [.library(name: "PluginKit", targets: ["PluginKit", "PluginAPI"])],
    targets: [
        .target(name: "PluginAPI"),
        .target(
            name: "PluginKit", dependencies: ["PluginAPI"],
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            ]),
    ]
)
