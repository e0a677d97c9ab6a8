extension TestBed {
    /// What random tests begin with: RAY_TEST_SEED, or another one each time.
    static let seed = variable("RAY_TEST_SEED").flatMap(UInt64.init) ?? UInt64.random(in: 0...UInt64.max)
}
