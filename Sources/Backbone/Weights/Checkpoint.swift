internal import Synchronization

/// A file of weights: named tensors in a safetensors file or in either format of `torch.save`.
///
/// The file is mapped, and told by its bytes, not by its name. A PyTorch file is a program in a small
/// language (pickle), which is never executed here: only a list of harmless names is understood, and
/// everything that the file claims about sizes and places is checked before it is used. Reading is bounded in
/// memory and time by the file's size.
///
/// The file must not be shortened by others while it is in use.
public struct Checkpoint: Sendable {
  /// What kind of file it is.
  public enum Format: String, Hashable, Sendable {
    case safetensors
    /// `torch.save` since PyTorch 1.6: a zip archive.
    case torchZip
    /// `torch.save` before PyTorch 1.6: pickles followed by raw storages.
    case torchLegacy
  }

  /// A tensor of the file.
  public struct Entry: Hashable, Sendable {
    public let name: String
    public let type: ElementType
    /// The length of each dimension; empty for a single number.
    public let shape: [Int]
  }

  /// What stood around the weights and was taken off.
  public struct Wrapper: Hashable, Sendable {
    /// The keys of the dictionaries that led to the weights, such as `["state_dict"]`.
    public let keys: [String]
    /// What every name began with, such as `module.`; tensors go by their names without it.
    public let prefix: String
  }

  private let contents: Contents

  /// Opens the file at `path`.
  ///
  /// - Throws: `.io` where it cannot be read; `.malformedWeights` where it is of no known format, damaged, or
  ///   holds what a file of weights must not hold. Both name the file.
  public init(path: String) throws(BackboneError) {
    let file: FileBytes
    do { file = try FileBytes(mapping: path) } catch { throw BackboneError(weights: error) }
    try self.init(file)
  }

  package init(_ file: FileBytes) throws(BackboneError) {
    contents = try Contents(file)
  }

  public var format: Format { contents.format }
  /// Where the file is.
  public var path: String { contents.file.name }
  public var wrapper: Wrapper { contents.wrapper }
  /// A safetensors file's own `__metadata__`, or the texts and numbers that a PyTorch file holds beside its
  /// weights, such as `arch` and `epoch`.
  public var metadata: [String: String] { contents.metadata }

  /// The tensors, sorted by the UTF-8 bytes of their names.
  public var tensors: [Entry] {
    contents.tensors.map { Entry(name: $0.name, type: $0.type, shape: $0.shape) }
  }

  /// SHA-256 of the weights in hexadecimal: the same for the same tensors in any container. Reads the whole
  /// file when it is first asked for.
  ///
  /// Hashed are, for each tensor in the order of its name's UTF-8 bytes: the name's length in bytes and the
  /// name, the length of its type's safetensors name and that name, its rank, the length of each dimension,
  /// and its elements in row-major order. Lengths are 64-bit, and everything is little-endian. Every part's
  /// length is known before it comes, so no two lists of tensors are encoded alike. `num_batches_tracked`, a
  /// counter that only training uses, is left out.
  public var digest: String { contents.digest() }

  /// The elements of a tensor as float32, in row-major order. Float64 is rounded to nearest.
  ///
  /// - Throws: `.missingWeights` where no tensor has this name, `.weightsMismatch` where it holds no floats.
  public func floats(_ name: String) throws(BackboneError) -> [Float] {
    guard let tensor = contents.tensor(name) else {
      throw BackboneError(.missingWeights, "\(path) has no weight \(name)")
    }
    guard let floats = contents.floats(tensor) else {
      throw BackboneError(
        .weightsMismatch, "weight \(name) in \(path) has type \(tensor.type.rawValue), not a float type")
    }
    return floats
  }

  func entry(_ name: String) -> Entry? {
    contents.tensor(name).map { Entry(name: $0.name, type: $0.type, shape: $0.shape) }
  }
}

extension Checkpoint {
  /// What all copies of a checkpoint share. Immutable, apart from the digest that is kept once it is known.
  private final class Contents: Sendable {
    let file: FileBytes
    let format: Format
    let tensors: [StoredTensor]
    let wrapper: Wrapper
    let metadata: [String: String]
    private let indexByName: [String: Int]
    private let knownDigest = Mutex<String?>(nil)

    init(_ file: FileBytes) throws(BackboneError) {
      let parts = try CheckpointParts(file)
      self.file = file
      format = parts.format
      wrapper = Wrapper(keys: parts.keys, prefix: parts.prefix)
      metadata = parts.metadata
      tensors = parts.tensors
      var indexByName: [String: Int] = [:]
      for (index, tensor) in parts.tensors.enumerated() {
        guard indexByName.updateValue(index, forKey: tensor.name) == nil else {
          throw .malformed(file.name, "holds two weights named \(tensor.name)")
        }
      }
      self.indexByName = indexByName
    }

    func tensor(_ name: String) -> StoredTensor? { indexByName[name].map { tensors[$0] } }

    func floats(_ tensor: StoredTensor) -> [Float]? {
      unsafe tensor.withRowMajorBytes(in: file) { bytes in
        let alignment = tensor.type.byteCount
        // The older format packs tensors at any address, which the widening kernels need not bear.
        guard alignment == 2, Int(bitPattern: bytes.baseAddress) % alignment != 0 else {
          return unsafe widened(bytes, tensor.type)
        }
        return unsafe Array(bytes).withUnsafeBytes { unsafe widened($0, tensor.type) }
      }
    }

    func digest() -> String {
      knownDigest.withLock { known in
        if let known { return known }
        var digest = WeightsDigest()
        for tensor in tensors where !WeightsDigest.leavesOut(tensor.name) {
          unsafe tensor.withRowMajorBytes(in: file) { bytes in
            unsafe digest.add(name: tensor.name, type: tensor.type, shape: tensor.shape, bytes: bytes)
          }
        }
        let result = digest.finalized()
        known = result
        return result
      }
    }
  }
}
