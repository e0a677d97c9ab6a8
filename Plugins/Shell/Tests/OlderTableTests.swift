import PluginAPI
import PluginKit
import Shell
import Testing

/// A plugin of today with the tables of hosts that know less than its headers.
@Suite struct `A plugin made with the kit` {
    private let plugin = Plugin(ShellBuilder.self) { Plugin.start(ShellBuilder.self, $0, $1) }

    /// Starts and stops it with a host's table of API 1.`minor`, in memory of exactly `size` bytes.
    private func start(major: UInt32 = 1, minor: UInt32, size: Int) -> rayp_status_t {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 8)
        defer { memory.deallocate() }
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        memory.storeBytes(of: UInt64(size), as: UInt64.self)
        memory.storeBytes(of: major, toByteOffset: 8, as: UInt32.self)
        memory.storeBytes(of: minor, toByteOffset: 12, as: UInt32.self)
        var instance: UnsafeMutableRawPointer?
        let status = plugin.table.pointee.start(memory.assumingMemoryBound(to: rayp_host_t.self), &instance)
        #expect((instance != nil) == (status == RAYP_OK))
        if status == RAYP_OK { plugin.table.pointee.stop(instance) }
        return status
    }

    /// 16 bytes of size and version, and six functions: the table of API 1.0.
    private let sizeOf1_0 = 16 + 6 * 8

    @Test func `starts on hosts of every minor version`() {
        #expect(sizeOf1_0 < MemoryLayout<rayp_host_t>.size)
        #expect(start(minor: 0, size: sizeOf1_0) == RAYP_OK)
        #expect(start(minor: 1, size: MemoryLayout<rayp_host_t>.size) == RAYP_OK)
        #expect(start(minor: 9, size: 4096) == RAYP_OK)
    }

    @Test func `does not start on what is no host of its major version`() {
        #expect(start(minor: 0, size: sizeOf1_0 - 1) == RAYP_FAILED)
        #expect(start(major: 2, minor: 0, size: 4096) == RAYP_FAILED)
        #expect(plugin.table.pointee.start(nil, nil) == RAYP_FAILED)
    }

    @Test func `states the version that it needs`() {
        #expect(plugin.table.pointee.api_major == 1)
        #expect(plugin.table.pointee.api_minor == 0)
    }
}
