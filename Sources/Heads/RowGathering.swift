extension TrainingRows {
  /// Without rows.
  var emptyBatch: PanelMatrix { PanelMatrix(rows: 0, columns: dimension) }

  /// Copies rows into a batch, in the order given; every thread copies some.
  func gather(
    _ members: ArraySlice<Int>, into batch: inout PanelMatrix, _ context: FitContext
  ) throws(HeadsError) {
    let failures = FailureBox(context.pool.threads)
    let scratch = Scratch.make(context.pool.threads)
    batch.resize(rows: members.count)
    batch.fillRows(on: context.pool) { position, worker, write in
      let row = members[members.startIndex + position]
      do throws(HeadsError) {
        try withRows(row..<row + 1, scratch: &scratch[worker].floats) { values in write(values) }
      } catch { failures.record(error, worker) }
    }
    try failures.rethrow()
  }
}
