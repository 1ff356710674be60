import Tensors

extension FeatureStore {
  /// Reads everything that has been published in a folder and compares it with its checksums, rules and
  /// sizes.
  ///
  /// - Returns: one sentence a problem; none where all is well.
  /// - Throws: `.io` where the folder cannot be listed, `.cancelled`.
  public static func verify(_ root: String) throws(FeatureCacheError) -> [String] {
    let cache = CacheRoot(root, POSIXFiles())
    _ = try cache.files.list(root)
    var problems: [String] = []
    let store: FeatureStore
    do throws(FeatureCacheError) {
      store = try FeatureStore(root, checking: .never)
    } catch {
      return [error.message]
    }
    for plan in store.contents.plans {
      do throws(FeatureCacheError) { _ = try cache.table(plan) } catch { problems.append(error.message) }
    }
    for shard in store.contents.shards {
      do throws(FeatureCacheError) { _ = try shard.index } catch { problems.append(error.message) }
      for column in shard.record.columns {
        guard !Task.isCancelled else { throw FeatureCacheError(.cancelled, "verifying was cancelled") }
        problems += verify(column, of: shard, in: cache)
      }
    }
    return problems
  }

  private static func verify(_ column: ShardRecord.Column, of shard: Shard, in cache: CacheRoot) -> [String] {
    do throws(FeatureCacheError) {
      let bytes = try column.file.open(in: cache.path, cache.files).map()
      var problems: [String] = []
      let file = column.file
      try file.check(header: Checksum.crc32c(bytes, file.header), of: bytes.name)
      let table = try BlockTable(file, of: bytes)
      for block in 0..<table.blocks.count {
        do throws(FeatureCacheError) {
          try table.check(block: block, Checksum.crc32c(bytes, table.blocks[block]))
        } catch {
          problems.append(error.message)
        }
      }
      guard problems.isEmpty else { return problems }
      return headerProblem(of: column, shard.record.storage, bytes).map { [$0] } ?? []
    } catch {
      return [error.message]
    }
  }

  /// Whether the safetensors header says what the record says.
  private static func headerProblem(
    of column: ShardRecord.Column, _ storage: ElementType, _ bytes: FileBytes
  ) -> String? {
    do throws(TensorsError) {
      let file = try SafetensorsFile(bytes)
      guard let entry = file["features"], entry.type == storage, entry.range == column.file.data.range,
        entry.shape == [column.rowCount, column.dimension], file[BlockTable.name]?.type == .uint32
      else { return "\(bytes.name): its header differs from its record" }
      return nil
    } catch {
      return error.message
    }
  }
}
