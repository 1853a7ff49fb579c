package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * MIN and MAX of whatever has no shorter way (wide decimals, ARRAY, ROW), by row keys, which are in
 * the values' order; and ARG_MIN and ARG_MAX, by keys of what decides and then the value.
 */
final class EncodedExtremeAccumulator extends ByteStringExtremes {
  private final RowCodec codec;
  private final EncodedRows encoded = new EncodedRows();

  /**
   * @param arguments the value, for ARG_MIN and ARG_MAX also what decides
   */
  EncodedExtremeAccumulator(boolean greatest, List<Type> arguments, MemoryScope memory) {
    super(greatest, Type.VARBINARY, memory);
    this.codec = RowCodec.of(arguments.reversed());
  }

  @Override
  public void add(Column values, int[] rows, int[] groups, int count) {
    addAll(List.of(values), rows, groups, count);
  }

  @Override
  public void addAll(List<Column> columns, int[] rows, int[] groups, int count) {
    codec.encode(columns.reversed(), new Selection(rows, count), 0, encoded);
    for (int i = 0; i < count; i++) {
      offer(groups[i], encoded.bytes(), encoded.start(i), encoded.end(i));
    }
  }

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    List<ColumnBuilder> builders = new ArrayList<>();
    try {
      for (Type type : codec.types()) {
        builders.add(ColumnBuilder.of(type, scope, count));
      }
      for (int group = from; group < from + count; group++) {
        byte[] key = extreme(group);
        if (key == null) {
          builders.forEach(ColumnBuilder::appendNull);
        } else {
          codec.decode(key, builders);
        }
      }
      return builders.getLast().build();
    } finally {
      builders.forEach(ColumnBuilder::close);
    }
  }
}
