/// Where a training run keeps what it needs to go on after it was interrupted.
///
/// The folder has one file, `perceptron.checkpoint`, which is replaced as a whole. A fit that finds it goes on
/// behind its epoch and ends with the same bits as one that was never interrupted; one that finds the file of a
/// finished fit returns its answer again. Settings, seed and rows must be those of the file.
public struct TrainingCheckpoints: Hashable, Sendable {
  /// A folder that exists, for one fit alone.
  public var folder: String
  /// The state is written after every so many epochs, and after the last.
  public var everyEpochs: Int

  public init(folder: String, everyEpochs: Int = 1) {
    self.folder = folder
    self.everyEpochs = everyEpochs
  }
}
