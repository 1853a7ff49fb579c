package dev.tidemill.exec.memory;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.ListColumn;
import dev.tidemill.foundation.batch.RowColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.MemoryScope;

/** Moves the charge of batches that outlive the operators that made them. */
public final class Charges {
  private Charges() {}

  /**
   * Charges to {@code query} whatever of the batch is charged to a scope below it: the batch may
   * then outlive the operators. What is charged elsewhere (a table's own memory) stays there.
   */
  public static void moveUp(Batch batch, MemoryScope query) {
    for (int i = 0; i < batch.columnCount(); i++) {
      moveUp(batch.column(i), query);
    }
    if (batch.weights() != null) {
      moveUp(batch.weights(), query);
    }
  }

  private static void moveUp(Column column, MemoryScope query) {
    Buffer validity = column.validityBuffer();
    if (validity != null) {
      validity.chargeUpTo(query);
    }
    switch (column) {
      case FixedColumn fixed -> fixed.valuesBuffer().chargeUpTo(query);
      case BooleanColumn booleans -> booleans.valuesBuffer().chargeUpTo(query);
      case BytesColumn bytes -> {
        bytes.viewsBuffer().chargeUpTo(query);
        for (int i = 0; i < bytes.dataCount(); i++) {
          bytes.dataBuffer(i).chargeUpTo(query);
        }
      }
      case DictionaryColumn codes -> {
        codes.codesBuffer().chargeUpTo(query);
        moveUp(codes.dictionary(), query);
      }
      case ListColumn lists -> {
        lists.offsetsBuffer().chargeUpTo(query);
        moveUp(lists.elements(), query);
      }
      case RowColumn row -> {
        for (int i = 0; i < row.fieldCount(); i++) {
          moveUp(row.field(i), query);
        }
      }
    }
  }
}
