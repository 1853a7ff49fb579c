package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;

/** {@code HASH(a, b, …)}: the hash of the values as a key of several columns, {@link Hash}. */
final class HashKernel {
  private HashKernel() {}

  static Kernel of() {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      long[] hashes = new long[evaluation.length];
      for (int i = 0; i < values.length; i++) {
        Column column = arguments.column(i);
        long[] own = new long[column.length()];
        Hash.hash(column, own.length, own);
        for (int k = 0; k < rows.count; k++) {
          int row = rows.row(k);
          arguments.moveTo(row);
          long hash = own[arguments.row(i)];
          hashes[row] = i == 0 ? hash : Hash.combine(hashes[row], hash);
        }
      }
      Buffer results = evaluation.allocateZeroed(evaluation.length * 8L);
      for (int k = 0; k < rows.count; k++) {
        int row = rows.row(k);
        Memory.putLong(results.address() + ((long) row << 3), hashes[row]);
      }
      return evaluation.fixed(Type.BIGINT, 8, results, null);
    };
  }
}
