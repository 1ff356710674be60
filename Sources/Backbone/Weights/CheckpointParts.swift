/// What opening a checkpoint finds, whatever its format.
struct CheckpointParts {
  let format: Checkpoint.Format
  private(set) var tensors: [StoredTensor]
  private(set) var keys: [String] = []
  private(set) var prefix = ""
  private(set) var metadata: [String: String]

  /// Data-parallel training and compiled modules put these before every name.
  private static let prefixes = ["module.", "_orig_mod."]
  /// So many of them may be stacked.
  private static let prefixLimit = 4
  /// Views may overlap and repeat elements; all of them together may not be larger than so many files.
  private static let expansionLimit = 16

  init(_ file: FileBytes) throws(BackboneError) {
    format = try Self.format(of: file)
    switch format {
    case .safetensors:
      let contents: SafetensorsFile
      do { contents = try SafetensorsFile(file) } catch { throw BackboneError(weights: error) }
      tensors = contents.entries.map(StoredTensor.init)
      metadata = contents.metadata
    case .torchZip, .torchLegacy:
      let contents = try format == .torchZip ? TorchFile(zip: file) : TorchFile(legacy: file)
      let state = try StateDict(contents.pickle, file: file.name)
      keys = state.path
      metadata = state.metadata
      tensors = state.tensors.map {
        StoredTensor(name: $0.name, $0.tensor, storage: contents.storages[$0.tensor.storage])
      }
    }
    guard !tensors.isEmpty else { throw .malformed(file.name, "holds no weights") }
    try checkSizes(file)
    removePrefixes()
    renamePerceptrons()
    tensors.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  private static func format(of file: FileBytes) throws(BackboneError) -> Checkpoint.Format {
    let start = file.copy(0..<min(file.count, 300))
    if start.first == 0x80, start.dropFirst(2).starts(with: TorchFile.legacyMagic) { return .torchLegacy }
    // Before the others: a safetensors file starts with its header's length, which may look like anything.
    if start.count > 8, start[8] == UInt8(ascii: "{") { return .safetensors }
    if start.starts(with: [0x50, 0x4b, 0x03, 0x04]) { return .torchZip }
    if start.first == 0x80 {
      throw .malformed(file.name, "is a pickle, but not one that torch.save wrote in its default protocol")
    }
    if start.dropFirst(257).starts(with: "ustar".utf8) {
      throw .malformed(
        file.name,
        "is a tar archive, the format of PyTorch's first releases, which is not supported: load it in "
          + "PyTorch and save it again")
    }
    throw .malformed(file.name, "is neither a safetensors file nor a PyTorch checkpoint")
  }

  private func checkSizes(_ file: FileBytes) throws(BackboneError) {
    var total = 0
    for tensor in tensors {
      let (size, overflow) = tensor.count.multipliedReportingOverflow(by: tensor.type.byteCount)
      let (sum, sumOverflow) = total.addingReportingOverflow(size)
      guard !overflow, !sumOverflow, sum / Self.expansionLimit <= file.count else {
        throw .malformed(file.name, "claims far more weights than it has bytes, at \(tensor.name)")
      }
      total = sum
    }
  }

  /// The files that torchvision publishes for its vision transformers have the names of its first release; it
  /// renames them when it loads them, and so do we.
  private mutating func renamePerceptrons() {
    for index in tensors.indices where tensors[index].name.hasPrefix("encoder.layers.encoder_layer_") {
      tensors[index].name = tensors[index].name
        .replacing(".mlp.linear_1.", with: ".mlp.0.").replacing(".mlp.linear_2.", with: ".mlp.3.")
    }
  }

  private mutating func removePrefixes() {
    for _ in 0..<Self.prefixLimit {
      let found = Self.prefixes.first { prefix in
        tensors.allSatisfy { $0.name.utf8.starts(with: prefix.utf8) }
      }
      guard let common = found else { return }
      prefix += common
      for index in tensors.indices {
        tensors[index].name = String(
          decoding: tensors[index].name.utf8.dropFirst(common.utf8.count), as: UTF8.self)
      }
    }
  }
}
