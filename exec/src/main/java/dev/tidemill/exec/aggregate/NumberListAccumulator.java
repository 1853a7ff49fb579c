package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.row.SortOrder;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What {@link ValueListAccumulator} computes of numbers and times that fit a word: quantiles, MODE
 * and PRODUCT. A value is kept as a long in its order; a quantile looks for its place without
 * putting all values in order.
 */
final class NumberListAccumulator extends GroupedAccumulator {
  private final AggregateFunction function;
  private final Type type;
  private final List<Literal> parameters;
  private final boolean isDescending;

  /** Of the state, which is that of {@link ValueListAccumulator}. */
  private final RowCodec codec;

  private long[] @Nullable [] lists = new long[0][];
  private int[] sizes = new int[0];

  /**
   * @param type of the argument
   */
  NumberListAccumulator(
      AggregateFunction function, Type type, List<Literal> parameters, MemoryScope memory) {
    super(memory);
    this.function = function;
    this.type = type;
    this.parameters = parameters;
    this.isDescending = parameters.size() > 1 && Boolean.TRUE.equals(parameters.get(1).value());
    this.codec = RowCodec.of(List.of(type), List.of(SortOrder.of(isDescending, false)));
  }

  /** Whether values of the type are such numbers. */
  static boolean fits(AggregateFunction function, Type type) {
    boolean computes =
        switch (function) {
          case QUANTILE_CONT, QUANTILE_DISC, MODE, PRODUCT -> true;
          default -> false;
        };
    return computes
        && switch (type) {
          case Type.Int t -> true;
          case Type.Decimal t -> t.precision() <= 18;
          case Type.DoubleType t -> true;
          case Type.Date t -> true;
          case Type.Time t -> true;
          case Type.Timestamp t -> true;
          case Type.ZonedTimestamp t -> true;
          default -> false;
        };
  }

  private boolean isDouble() {
    return type instanceof Type.DoubleType;
  }

  @Override
  public void ensure(int groups) {
    lists = heap.grow(lists, groups);
    sizes = heap.grow(sizes, groups);
  }

  @Override
  public void add(Column values, int[] rows, int[] groups, int count) {
    FixedColumn fixed = (FixedColumn) values;
    if (isDouble()) {
      long address = fixed.address();
      for (int i = 0; i < count; i++) {
        double value = Memory.getDouble(address + ((long) rows[i] << 3));
        append(groups[i], word(value));
      }
    } else {
      for (int i = 0; i < count; i++) {
        append(groups[i], fixed.longAt(rows[i]));
      }
    }
  }

  /** A number in the order of the values: -0.0 is 0.0, NaN the greatest. */
  private static long word(double value) {
    long bits = Double.doubleToLongBits(value + 0.0);
    return bits ^ bits >> 63 >>> 1;
  }

  private static double value(long word) {
    return Double.longBitsToDouble(word ^ word >> 63 >>> 1);
  }

  private void append(int group, long word) {
    int size = sizes[group];
    long[] list = lists[group];
    if (list == null || list.length == size) {
      list = grown(group, size + 1);
    }
    list[size] = word;
    sizes[group] = size + 1;
  }

  /** The list of a group, with room for {@code size} values. */
  private long[] grown(int group, int size) {
    long[] list = lists[group];
    int length = list == null ? 0 : list.length;
    if (list != null && size <= length) {
      return list;
    }
    long most = Integer.MAX_VALUE - 16;
    int longer = (int) Math.min(most, Math.max(Math.max(4, size), length + (long) (length >> 1)));
    heap.reserve((longer - length) * 8L);
    long[] copy = list == null ? new long[longer] : Arrays.copyOf(list, longer);
    lists[group] = copy;
    return copy;
  }

  @Override
  public void merge(GroupedAccumulator other, int[] from, int[] to, int count) {
    NumberListAccumulator that = (NumberListAccumulator) other;
    for (int i = 0; i < count; i++) {
      long[] list = that.lists[from[i]];
      int added = that.sizes[from[i]];
      if (list != null && added > 0) {
        int size = sizes[to[i]];
        System.arraycopy(list, 0, grown(to[i], size + added), size, added);
        sizes[to[i]] = size + added;
      }
    }
  }

  @Override
  public List<Type> stateTypes() {
    return List.of(Type.VARBINARY);
  }

  /** Each value as a key behind its length. */
  @Override
  public void writeState(int group, List<ColumnBuilder> state) {
    int size = sizes[group];
    long[] list = lists[group];
    MemoryScope scratch = MemoryScope.root("state of a group", MemoryScope.UNLIMITED);
    try (ColumnBuilder builder = ColumnBuilder.of(type, scratch, Math.max(1, size))) {
      for (int i = 0; list != null && i < size; i++) {
        put(list[i], builder);
      }
      EncodedRows keys = new EncodedRows();
      try (Column values = builder.build()) {
        codec.encode(List.of(values), null, size, keys);
      }
      ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(keys.size() + 4L * size));
      for (int i = 0; i < size; i++) {
        buffer.putInt(keys.length(i)).put(keys.bytes(), keys.start(i), keys.length(i));
      }
      state.get(0).appendBytes(buffer.array(), 0, buffer.position());
    }
  }

  @Override
  public void mergeState(List<Column> state, int[] rows, int[] groups, int count) {
    BytesColumn theirs = (BytesColumn) state.get(0);
    MemoryScope scratch = MemoryScope.root("state of a group", MemoryScope.UNLIMITED);
    for (int i = 0; i < count; i++) {
      byte[] bytes = theirs.bytesAt(rows[i]);
      try (ColumnBuilder builder = ColumnBuilder.of(type, scratch, 16)) {
        int at = 0;
        int size = 0;
        while (at < bytes.length) {
          at = codec.decode(bytes, at + 4, List.of(builder));
          size++;
        }
        try (Column values = builder.build()) {
          int[] all = new int[size];
          int[] group = new int[size];
          Arrays.setAll(all, row -> row);
          Arrays.fill(group, groups[i]);
          add(values, all, group, size);
        }
      }
    }
  }

  @Override
  public void reset(int groups) {
    for (int group = 0; group < groups; group++) {
      long[] list = lists[group];
      if (list != null) {
        heap.release(list.length * 8L);
        lists[group] = null;
        sizes[group] = 0;
      }
    }
  }

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, Math.max(1, count))) {
      for (int group = from; group < from + count; group++) {
        long[] list = lists[group];
        if (list == null || sizes[group] == 0) {
          builder.appendNull();
          continue;
        }
        // Another thread may ask for the same group.
        long[] values = Arrays.copyOf(list, sizes[group]);
        switch (function) {
          case QUANTILE_DISC -> put(at(values, place(values.length)), builder);
          case QUANTILE_CONT -> builder.appendDouble(between(values));
          case MODE -> put(mode(values), builder);
          default -> builder.appendDouble(product(values));
        }
      }
      return builder.build();
    }
  }

  private void put(long word, ColumnBuilder out) {
    if (isDouble()) {
      out.appendDouble(value(word));
    } else if (type instanceof Type.Decimal) {
      out.appendDecimal(word, word >> 63);
    } else {
      out.appendLong(word);
    }
  }

  private BigDecimal fraction() {
    return new BigDecimal(Objects.requireNonNull(parameters.get(0).value()).toString());
  }

  /** Of so many values the first that the fraction of them does not lie behind. */
  private int place(int count) {
    BigDecimal values = fraction().multiply(BigDecimal.valueOf(count));
    return Math.max(0, values.setScale(0, RoundingMode.CEILING).intValue() - 1);
  }

  private double between(long[] values) {
    double place = fraction().multiply(BigDecimal.valueOf(values.length - 1)).doubleValue();
    int low = (int) Math.floor(place);
    int high = (int) Math.ceil(place);
    double a = value(at(values, low));
    double b = high == low ? a : value(at(values, high));
    return low == high || a == b ? a : a + (b - a) * (place - low);
  }

  /** The value at a place of the order; values are moved. */
  private long at(long[] values, int place) {
    int wanted = isDescending ? values.length - 1 - place : place;
    int low = 0;
    int high = values.length - 1;
    while (high - low > 16) {
      long pivot = pivot(values, low, high);
      int left = low;
      int right = high;
      while (left <= right) {
        while (values[left] < pivot) {
          left++;
        }
        while (values[right] > pivot) {
          right--;
        }
        if (left <= right) {
          long swap = values[left];
          values[left++] = values[right];
          values[right--] = swap;
        }
      }
      if (wanted <= right) {
        high = right;
      } else if (wanted >= left) {
        low = left;
      } else {
        return values[wanted];
      }
    }
    Arrays.sort(values, low, high + 1);
    return values[wanted];
  }

  /** The median of medians of three at nine places. */
  private static long pivot(long[] values, int low, int high) {
    int step = (high - low) / 8;
    return median(
        median(values[low], values[low + step], values[low + 2 * step]),
        median(values[low + 3 * step], values[low + 4 * step], values[low + 5 * step]),
        median(values[low + 6 * step], values[low + 7 * step], values[high]));
  }

  private static long median(long a, long b, long c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }

  /** The most frequent, the first of several. */
  private static long mode(long[] values) {
    Arrays.sort(values);
    long best = values[0];
    int most = 0;
    for (int i = 0; i < values.length; ) {
      int end = i + 1;
      while (end < values.length && values[end] == values[i]) {
        end++;
      }
      if (end - i > most) {
        most = end - i;
        best = values[i];
      }
      i = end;
    }
    return best;
  }

  /** In the order of the values, so that it is determined. */
  private static double product(long[] values) {
    Arrays.sort(values);
    double product = 1;
    for (long word : values) {
      product *= value(word);
    }
    return product;
  }
}
