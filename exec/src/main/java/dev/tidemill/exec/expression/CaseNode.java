package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The value of the first branch whose condition is TRUE; each value is computed for the rows that
 * take it.
 */
final class CaseNode extends Node {
  /** Texts become codes where there are so many rows for each of them. */
  private static final int ROWS_PER_CODE = 16;

  private final List<Node> conditions;
  private final List<Node> results;

  /** One more result than conditions: the last is ELSE. */
  CaseNode(int id, Type type, List<Node> conditions, List<Node> results) {
    super(id, type);
    this.conditions = conditions;
    this.results = results;
  }

  /** Rows and what they take. */
  private record Part(Rows rows, Column column, boolean isScalar) {}

  @Override
  Value compute(Evaluation evaluation, Rows rows) {
    List<Part> parts = new ArrayList<>();
    Rows open = rows;
    for (int i = 0; i < conditions.size() && !open.isEmpty(); i++) {
      Rows taken = conditions.get(i).filter(evaluation, open);
      if (taken == open) {
        if (open == rows) {
          return results.get(i).value(evaluation, rows);
        }
        add(evaluation, parts, results.get(i), taken);
        open = open.narrow(new int[0], 0);
      } else if (!taken.isEmpty()) {
        add(evaluation, parts, results.get(i), taken);
        open = without(open, taken);
      }
    }
    if (open == rows) {
      return results.getLast().value(evaluation, rows);
    }
    if (!open.isEmpty()) {
      add(evaluation, parts, results.getLast(), open);
    }
    return merge(evaluation, rows, parts);
  }

  private static void add(Evaluation evaluation, List<Part> parts, Node result, Rows rows) {
    Value value = result.value(evaluation, rows);
    if (value instanceof Scalar scalar && scalar.isNull()) {
      return;
    }
    parts.add(new Part(rows, evaluation.column(value), value instanceof Scalar));
  }

  private static Rows without(Rows rows, Rows taken) {
    int[] kept = new int[rows.count - taken.count];
    int n = 0;
    int t = 0;
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      if (t < taken.count && taken.row(t) == row) {
        t++;
      } else {
        kept[n++] = row;
      }
    }
    return rows.narrow(kept, n);
  }

  private Value merge(Evaluation evaluation, Rows rows, List<Part> parts) {
    if (parts.isEmpty()) {
      return Evaluation.nullOf(type);
    }
    return switch (parts.getFirst().column) {
      case FixedColumn c -> mergeFixed(evaluation, rows, parts);
      case BooleanColumn c -> mergeBooleans(evaluation, rows, parts);
      case BytesColumn c
          when rows.count >= ROWS_PER_CODE * parts.size()
              && parts.stream().allMatch(Part::isScalar) ->
          codes(evaluation, rows, parts);
      case BytesColumn c -> mergeBytes(evaluation, rows, parts);
      default -> mergeRowByRow(evaluation, parts);
    };
  }

  private Value mergeFixed(Evaluation evaluation, Rows rows, List<Part> parts) {
    int width = 0;
    for (Part part : parts) {
      width = Math.max(width, ((FixedColumn) part.column).width());
    }
    Column[] columns = new Column[parts.size()];
    for (int i = 0; i < columns.length; i++) {
      Column column = parts.get(i).column;
      columns[i] =
          width == 16 && ((FixedColumn) column).width() == 8
              ? evaluation.own(Columns.widenDecimal(column, evaluation.memory))
              : column;
    }
    Buffer validity = validity(evaluation, rows, parts);
    Buffer values = evaluation.allocateZeroed((long) evaluation.length * width);
    for (int i = 0; i < columns.length; i++) {
      long from = ((FixedColumn) columns[i]).address();
      int stride = parts.get(i).isScalar ? 0 : 1;
      switch (width) {
        case 1 -> scatter1(from, stride, values.address(), parts.get(i).rows);
        case 2 -> scatter2(from, stride, values.address(), parts.get(i).rows);
        case 4 -> scatter4(from, stride, values.address(), parts.get(i).rows);
        case 8 -> scatter8(from, stride, values.address(), parts.get(i).rows);
        default -> scatter16(from, stride, values.address(), parts.get(i).rows);
      }
    }
    return evaluation.fixed(type, width, values, validity);
  }

  private static void scatter1(long from, int stride, long to, Rows rows) {
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      Memory.putByte(to + row, Memory.getByte(from + (long) row * stride));
    }
  }

  private static void scatter2(long from, int stride, long to, Rows rows) {
    for (int i = 0; i < rows.count; i++) {
      long at = (long) rows.row(i) << 1;
      Memory.putShort(to + at, Memory.getShort(from + at * stride));
    }
  }

  private static void scatter4(long from, int stride, long to, Rows rows) {
    for (int i = 0; i < rows.count; i++) {
      long at = (long) rows.row(i) << 2;
      Memory.putInt(to + at, Memory.getInt(from + at * stride));
    }
  }

  private static void scatter8(long from, int stride, long to, Rows rows) {
    for (int i = 0; i < rows.count; i++) {
      long at = (long) rows.row(i) << 3;
      Memory.putLong(to + at, Memory.getLong(from + at * stride));
    }
  }

  private static void scatter16(long from, int stride, long to, Rows rows) {
    for (int i = 0; i < rows.count; i++) {
      long at = (long) rows.row(i) << 4;
      Memory.putLong(to + at, Memory.getLong(from + at * stride));
      Memory.putLong(to + at + 8, Memory.getLong(from + at * stride + 8));
    }
  }

  private static Value mergeBooleans(Evaluation evaluation, Rows rows, List<Part> parts) {
    Buffer validity = validity(evaluation, rows, parts);
    Buffer values = evaluation.allocateZeroed(Bits.bytes(evaluation.length));
    for (Part part : parts) {
      BooleanColumn column = (BooleanColumn) part.column;
      for (int i = 0; i < part.rows.count; i++) {
        int row = part.rows.row(i);
        if (column.booleanAt(part.isScalar ? 0 : row)) {
          Bits.set(values.address(), row);
        }
      }
    }
    return evaluation.bool(values, validity);
  }

  /** Views are copied; the data buffers of all parts stand behind each other. */
  private Value mergeBytes(Evaluation evaluation, Rows rows, List<Part> parts) {
    Buffer validity = validity(evaluation, rows, parts);
    Buffer views = evaluation.allocateZeroed(evaluation.length * 16L);
    List<Buffer> data = new ArrayList<>();
    for (Part part : parts) {
      BytesColumn column = (BytesColumn) part.column;
      int first = data.size();
      for (int i = 0; i < column.dataCount(); i++) {
        data.add(evaluation.share(column.dataBuffer(i)));
      }
      for (int i = 0; i < part.rows.count; i++) {
        int row = part.rows.row(i);
        long from = column.address() + ((long) (part.isScalar ? 0 : row) << 4);
        long to = views.address() + ((long) row << 4);
        Memory.putLong(to, Memory.getLong(from));
        Memory.putLong(to + 8, Memory.getLong(from + 8));
        if (Memory.getInt(from) > BytesColumn.INLINE) {
          Memory.putInt(to + 8, Memory.getInt(from + 8) + first);
        }
      }
    }
    return evaluation.done(new BytesColumn(type, evaluation.length, views, data, validity));
  }

  /** Texts that are the same for all rows of a part: codes of a dictionary of them. */
  private Value codes(Evaluation evaluation, Rows rows, List<Part> parts) {
    int[] codeOf = new int[parts.size()];
    Column dictionary;
    try (ColumnBuilder entries = ColumnBuilder.of(type, evaluation.memory, parts.size())) {
      for (int i = 0; i < codeOf.length; i++) {
        int same = same(parts, i);
        codeOf[i] = same < 0 ? entries.length() : codeOf[same];
        if (same < 0) {
          entries.appendFrom(parts.get(i).column, 0);
        }
      }
      dictionary = entries.build();
    }
    try {
      Buffer validity = validity(evaluation, rows, parts);
      Buffer codes = evaluation.allocateZeroed(Math.max(1, evaluation.length) * 4L);
      for (int i = 0; i < codeOf.length; i++) {
        if (codeOf[i] != 0) {
          fill(codes.address(), codeOf[i], parts.get(i).rows);
        }
      }
      return evaluation.done(new DictionaryColumn(evaluation.length, codes, dictionary, validity));
    } catch (Throwable t) {
      dictionary.close();
      throw t;
    }
  }

  /** An earlier part with the same text, or -1. */
  private static int same(List<Part> parts, int part) {
    BytesColumn text = (BytesColumn) parts.get(part).column;
    for (int i = 0; i < part; i++) {
      if (text.equalAt(0, (BytesColumn) parts.get(i).column, 0)) {
        return i;
      }
    }
    return -1;
  }

  private static void fill(long codes, int code, Rows rows) {
    for (int i = 0; i < rows.count; i++) {
      Memory.putInt(codes + ((long) rows.row(i) << 2), code);
    }
  }

  /** Valid are the rows of the parts that are valid there; null if that is all that count. */
  private static @Nullable Buffer validity(Evaluation evaluation, Rows rows, List<Part> parts) {
    int filled = 0;
    for (Part part : parts) {
      filled += part.column.mayHaveNulls() ? 0 : part.rows.count;
    }
    if (filled == rows.count) {
      return null;
    }
    Buffer validity = evaluation.allocateZeroed(Bits.bytes(evaluation.length));
    for (Part part : parts) {
      for (int i = 0; i < part.rows.count; i++) {
        int row = part.rows.row(i);
        if (!part.column.isNull(part.isScalar ? 0 : row)) {
          Bits.set(validity.address(), row);
        }
      }
    }
    return validity;
  }

  private Value mergeRowByRow(Evaluation evaluation, List<Part> parts) {
    int[] partOf = new int[evaluation.length];
    for (int p = 0; p < parts.size(); p++) {
      Rows rows = parts.get(p).rows;
      for (int i = 0; i < rows.count; i++) {
        partOf[rows.row(i)] = p + 1;
      }
    }
    try (ColumnBuilder builder = ColumnBuilder.of(type, evaluation.memory, evaluation.length)) {
      for (int row = 0; row < partOf.length; row++) {
        if (partOf[row] == 0) {
          builder.appendNull();
        } else {
          Part part = parts.get(partOf[row] - 1);
          builder.appendFrom(part.column, part.isScalar ? 0 : row);
        }
      }
      return new Vector(evaluation.own(builder.build()));
    }
  }

  @Override
  boolean isCheap() {
    return false;
  }
}
