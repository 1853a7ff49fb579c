package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.streaming.state.ChangedNumbers;
import dev.tidemill.streaming.state.ColumnState;
import java.util.List;

/**
 * State with something beside it that follows from it and is not written: who extends this keeps
 * that in step.
 */
abstract class StateBeside implements ColumnState {
  private final ColumnState state;

  StateBeside(ColumnState state) {
    this.state = state;
  }

  @Override
  public void prepare() {
    state.prepare();
  }

  @Override
  public void commit() {
    state.commit();
  }

  @Override
  public void rollback() {
    state.rollback();
  }

  @Override
  public long bytes() {
    return state.bytes();
  }

  @Override
  public long keysHeld() {
    return state.keysHeld();
  }

  @Override
  public long rowsHeld() {
    return state.rowsHeld();
  }

  @Override
  public int parts() {
    return state.parts();
  }

  @Override
  public List<Type> types(int part) {
    return state.types(part);
  }

  @Override
  public int length(int part) {
    return state.length(part);
  }

  @Override
  public ChangedNumbers changes(int part) {
    return state.changes(part);
  }

  @Override
  public boolean isThere(int part, int number) {
    return state.isThere(part, number);
  }

  @Override
  public Batch rows(int part, int[] numbers, int count) {
    return state.rows(part, numbers, count);
  }

  @Override
  public void restore(int part, int[] numbers, Batch rows) {
    state.restore(part, numbers, rows);
  }

  @Override
  public void restored() {
    state.restored();
  }

  @Override
  public void close() {
    state.close();
  }
}
