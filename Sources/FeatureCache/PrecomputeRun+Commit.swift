import Tensors

/// The end of a run.
extension PrecomputeRun {
  /// Publishes what was computed, unless the cache shows all of it already.
  mutating func commit() throws(FeatureCacheError) {
    if !sampleContents.isEmpty, digests.isEmpty, let failure = unreadable[0] {
      throw FeatureCacheError(.io, "none of the \(sampleContents.count) files can be read: \(failure.reason)")
    }
    var contents = try root.read()
    guard try !isPublished(in: contents) else { return cleanUp() }
    try openWriter()
    for (sample, failure) in unreadable.sorted(by: { $0.key < $1.key }) {
      writer?.fail(sample: sample, failure)
    }
    let (samples, distinct) = (sampleContents, digests)
    guard let sealed = try writer?.seal(sampleContents: samples, digests: distinct) else { return }
    while true {
      if let (shard, plan) = try task.place(in: contents, root),
        try sealed.publish(as: shard, of: plan, in: root)
      {
        break
      }
      // Another run has published meanwhile: the same thing, or something that comes before ours.
      contents = try root.read()
      if try isPublished(in: contents) { break }
    }
    cleanUp()
  }

  /// Whether the cache shows these samples with these contents, and every feature that was asked for.
  private func isPublished(in contents: CacheContents) throws(FeatureCacheError) -> Bool {
    guard let shards = try task.published(in: contents, root) else { return false }
    var sample = 0
    for shard in shards {
      let index = try shard.index
      for content in index.sampleContents.elements {
        let mine = sample < sampleContents.count ? sampleContents[sample] : -2
        guard
          mine < 0 || content < 0 ? mine == content : digests[Int(mine)] == index.digests[Int(content)]
        else { return false }
        sample += 1
      }
    }
    guard sample == sampleContents.count else { return false }
    let known = try KnownContents(contents, columns: columns)
    return digests.allSatisfy { known.missing($0).isEmpty }
  }
}
