import Backbone
import FeatureCache
import Heads

/// The README's example, here so that it is compiled; `ReadmeTests` holds the two texts against each other.
func readmeExample() async throws {
  let network = try Network(.mobileNetV2, weights: .file("mobilenet_v2.safetensors"))
  let extractor = try Extractor(network, taps: [Tap("features", pooling: .average)], threads: 2)
  try await FeatureStore.precompute(.folder("photos"), with: extractor, into: "photos.cache")

  let store = try FeatureStore("photos.cache")
  let rows = try store.rows(of: "features:average")
  let samples = try store.samples
  let labels = rows.samples.compactMap { samples.label($0) }
  let data = try LabeledFeatures(rows.matrix, labels: labels, classes: samples.classes)
  let split = try DataSplit(stratified: labels, SplitRule("0.8/0.2"), seed: 0)
  let training = data.selecting(split.training)
  let best = try await RegularizationSearch().select(LogisticRegression(), training: training)
  let test = HeldOutFeatures(data.selecting(split.test))
  print(try test.evaluate([best.result.head])[0].accuracy)
}
