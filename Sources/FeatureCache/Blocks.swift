/// A range of a file's bytes cut into blocks of `CacheFormat.blockBytes`, of which the last may be shorter.
struct Blocks: Hashable, Sendable {
  let range: Range<Int>

  init(_ range: Range<Int>) { self.range = range }

  var count: Int { (range.count + CacheFormat.blockBytes - 1) / CacheFormat.blockBytes }

  subscript(block: Int) -> Range<Int> {
    let start = range.lowerBound + block * CacheFormat.blockBytes
    return start..<min(start + CacheFormat.blockBytes, range.upperBound)
  }
}
