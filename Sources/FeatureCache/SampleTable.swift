public import Tensors

/// The samples of a run in their order, read from the cache as they are asked for: a million of them open in
/// no time.
public struct SampleTable: RandomAccessCollection, Sendable {
  /// Class names; a sample's label is an index into them.
  public let classes: [String]

  private let keys: StoredTexts
  private let labels: StoredArray<Int64>
  private let splits: StoredArray<UInt8>
  /// Where the pictures' bytes are, if that is not in `folder` under their keys.
  private let paths: StoredTexts?
  let folder: String

  public var startIndex: Int { 0 }
  public var endIndex: Int { keys.count }
  public subscript(index: Int) -> Sample {
    let key = keys[index]
    return Sample(
      key: key, label: label(index), split: split(index), path: paths?[index] ?? Path.join(folder, key))
  }

  /// The name of a sample.
  public func key(_ index: Int) -> String { keys[index] }

  /// The label of a sample; `nil` where it has none.
  public func label(_ index: Int) -> Int? {
    let label = labels[index]
    return label < 0 ? nil : Int(label)
  }

  /// The split of a sample; `nil` where the data set named none.
  public func split(_ index: Int) -> Split? { Split(stored: splits[index]) }
}

extension SampleTable {
  init(_ file: SafetensorsFile) throws(FeatureCacheError) {
    let name = file.bytes.name
    keys = try StoredTexts(file, "key")
    labels = try StoredArray(file, "label", .int64)
    splits = try StoredArray(file, "split", .uint8)
    classes = Array(try StoredTexts(file, "class"))
    paths = file["path_off"] == nil ? nil : try StoredTexts(file, "path")
    folder = file.metadata["folder"] ?? ""
    let count = keys.count
    guard labels.count == count, splits.count == count, paths.map({ $0.count == count }) ?? true,
      labels.elements.allSatisfy({ $0 >= -1 && $0 < Int64(classes.count) }),
      splits.elements.allSatisfy({ $0 <= 3 })
    else { throw FeatureCacheError(.damaged, "\(name): labels, splits and keys do not fit each other") }
  }

  /// The file that `init` reads.
  static func file(
    _ name: String, _ dataSet: DataSet
  ) throws(FeatureCacheError) -> (bytes: [UInt8], file: DataFile) {
    let samples = dataSet.samples
    var items = StoredTexts.items("key", samples.lazy.map(\.key))
    items.append(
      SafetensorsWriter.Item(
        "label", .int64, shape: [samples.count], samples.map { Int64($0.label ?? -1) }))
    items.append(
      SafetensorsWriter.Item("split", .uint8, shape: [samples.count], samples.map { $0.split?.stored ?? 0 }))
    items += StoredTexts.items("class", dataSet.classes)
    if !samples.allSatisfy({ Path.isJoined($0.path, dataSet.folder, $0.key) }) {
      items += StoredTexts.items("path", samples.lazy.map { Path.absolute($0.path) })
    }
    return try DataFile.make(name: name, items, metadata: ["folder": Path.absolute(dataSet.folder)])
  }

  /// Whether the samples are those of a data set: the same keys, labels, splits and classes in one order.
  /// Where the files are does not matter.
  func isEqual(to dataSet: DataSet) -> Bool {
    // Texts are equal where their bytes are: Swift's own equality goes by canonical equivalence.
    classes.map { Array($0.utf8) } == dataSet.classes.map { Array($0.utf8) }
      && count == dataSet.samples.count
      && dataSet.samples.indices.allSatisfy { index in
        let sample = dataSet.samples[index]
        return keys[index].utf8.elementsEqual(sample.key.utf8) && label(index) == sample.label
          && split(index) == sample.split
      }
  }
}

extension SampleTable {
  /// Whether a data set that has these samples also has their files where the table says.
  func hasFiles(of dataSet: DataSet) -> Bool {
    folder == Path.absolute(dataSet.folder)
      && dataSet.samples.indices.allSatisfy { self[$0].path == Path.absolute(dataSet.samples[$0].path) }
  }
}

extension Split {
  fileprivate init?(stored: UInt8) {
    switch stored {
    case 1: self = .train
    case 2: self = .validation
    case 3: self = .test
    default: return nil
    }
  }

  fileprivate var stored: UInt8 {
    switch self {
    case .train: 1
    case .validation: 2
    case .test: 3
    }
  }
}
