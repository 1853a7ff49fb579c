package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.user.AggregateFunctionCall;
import dev.tidemill.exec.user.ArgumentRow;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.row.SortOrder;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The aggregates that need all values of a group in order: quantiles, MODE, PRODUCT, HISTOGRAM,
 * LISTAGG, ARRAY_AGG and MAP_AGG, and functions of users that cannot merge. A value is kept as a
 * row key, which is in the order asked for; keys to order by, or those of the MAP, stand before it.
 * Equal keys are equal values, so that the order is determined.
 */
final class ValueListAccumulator extends GroupedAccumulator {
  /** What a key costs beside its bytes: the object and its place in the list. */
  private static final int KEY_BYTES = 24;

  private static final int MAX_TEXT = 64 << 20;

  private final AggregateFunction function;
  private final Type type;
  private final List<Literal> parameters;
  private final RowCodec codec;

  /** Keys to order by; the value comes behind them. */
  private final int orderKeys;

  private final boolean keepsNulls;

  /** What the rows are added to in the end, of a function of users that cannot merge. */
  private final @Nullable AggregateFunctionCall user;

  private final EncodedRows encoded = new EncodedRows();
  private byte[] @Nullable [][] lists = new byte[0][][];
  private int[] sizes = new int[0];

  /**
   * @param arguments the value, then what to order by
   */
  ValueListAccumulator(
      AggregateFunction function,
      List<Type> arguments,
      List<Literal> parameters,
      @Nullable AggregateFunctionCall user,
      Type type,
      MemoryScope memory) {
    super(memory);
    this.function = function;
    this.type = type;
    this.parameters = parameters;
    this.user = user;
    this.orderKeys = arguments.size() - 1;
    this.keepsNulls =
        function == AggregateFunction.MAP_AGG
            || function == AggregateFunction.USER
            || function == AggregateFunction.ARRAY_AGG
                && Boolean.FALSE.equals(parameters.get(1).value());
    List<Type> types = new ArrayList<>(arguments.subList(1, arguments.size()));
    types.add(arguments.get(0));
    this.codec = RowCodec.of(types, orders());
  }

  private List<SortOrder> orders() {
    List<SortOrder> orders = new ArrayList<>();
    switch (function) {
      case LISTAGG, ARRAY_AGG -> {
        // Two letters a key: a or d, f or l for NULLs first or last; those of the value are last.
        int place = function == AggregateFunction.LISTAGG ? 1 : 0;
        String letters = String.valueOf(parameters.get(place).value());
        for (int i = 0; i < letters.length(); i += 2) {
          orders.add(SortOrder.of(letters.charAt(i) == 'd', letters.charAt(i + 1) == 'f'));
        }
      }
      case MAP_AGG -> {
        orders.add(SortOrder.of(false, false));
        orders.add(SortOrder.of(false, false));
      }
      case USER -> {
        for (int i = 0; i <= orderKeys; i++) {
          orders.add(SortOrder.of(false, false));
        }
      }
      default -> {
        boolean descending =
            parameters.size() > 1 && Boolean.TRUE.equals(parameters.get(1).value());
        orders.add(SortOrder.of(descending, false));
      }
    }
    return orders;
  }

  /** Order keys may be NULL. */
  @Override
  public boolean takesNulls() {
    return orderKeys > 0 || keepsNulls;
  }

  @Override
  public void ensure(int groups) {
    lists = heap.grow(lists, groups);
    sizes = heap.grow(sizes, groups);
  }

  @Override
  public void add(Column values, int[] rows, int[] groups, int count) {
    addAll(List.of(values), rows, groups, count);
  }

  @Override
  public void addAll(List<Column> arguments, int[] rows, int[] groups, int count) {
    List<Column> columns = new ArrayList<>(arguments.subList(1, arguments.size()));
    Column values = arguments.get(0);
    columns.add(values);
    Column required = function == AggregateFunction.MAP_AGG ? columns.get(0) : values;
    boolean all = keepsNulls && required == values;
    codec.encode(columns, new Selection(rows, count), 0, encoded);
    for (int i = 0; i < count; i++) {
      if (all || !required.isNull(rows[i])) {
        append(groups[i], encoded.key(i));
      }
    }
  }

  private void append(int group, byte[] key) {
    byte[][] list = lists[group];
    int size = sizes[group];
    heap.reserve(KEY_BYTES + key.length);
    if (list == null || list.length == size) {
      int longer = Math.max(4, size + (size >> 1));
      heap.reserve((longer - size) * 8L);
      list = list == null ? new byte[longer][] : Arrays.copyOf(list, longer);
      lists[group] = list;
    }
    list[size] = key;
    sizes[group] = size + 1;
  }

  @Override
  public void merge(GroupedAccumulator other, int[] from, int[] to, int count) {
    ValueListAccumulator that = (ValueListAccumulator) other;
    for (int i = 0; i < count; i++) {
      byte[][] list = that.lists[from[i]];
      for (int k = 0; list != null && k < that.sizes[from[i]]; k++) {
        append(to[i], list[k]);
      }
    }
  }

  @Override
  public List<Type> stateTypes() {
    return List.of(Type.VARBINARY);
  }

  /** Each key behind its length. */
  @Override
  public void writeState(int group, List<ColumnBuilder> state) {
    byte[][] list = lists[group];
    long bytes = 0;
    for (int i = 0; list != null && i < sizes[group]; i++) {
      bytes += 4 + list[i].length;
    }
    ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(bytes));
    for (int i = 0; list != null && i < sizes[group]; i++) {
      buffer.putInt(list[i].length).put(list[i]);
    }
    state.get(0).appendBytes(buffer.array(), 0, buffer.position());
  }

  @Override
  public void mergeState(List<Column> state, int[] rows, int[] groups, int count) {
    BytesColumn theirs = (BytesColumn) state.get(0);
    for (int i = 0; i < count; i++) {
      ByteBuffer buffer = ByteBuffer.wrap(theirs.bytesAt(rows[i]));
      while (buffer.hasRemaining()) {
        byte[] key = new byte[buffer.getInt()];
        buffer.get(key);
        append(groups[i], key);
      }
    }
  }

  @Override
  public void reset(int groups) {
    for (int group = 0; group < groups; group++) {
      byte[][] list = lists[group];
      if (list != null) {
        for (int i = 0; i < sizes[group]; i++) {
          heap.release(KEY_BYTES + list[i].length);
        }
        heap.release(list.length * 8L);
        lists[group] = null;
        sizes[group] = 0;
      }
    }
  }

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, count)) {
      for (int group = from; group < from + count; group++) {
        byte[][] list = lists[group];
        if (user != null) {
          appendUsers(user, list == null ? 0 : sizes[group], list, builder, scope);
          continue;
        }
        if (list == null || sizes[group] == 0) {
          builder.appendNull();
          continue;
        }
        byte[][] sorted = Arrays.copyOf(list, sizes[group]);
        Arrays.sort(sorted, Arrays::compareUnsigned);
        switch (function) {
          case QUANTILE_DISC -> decode(sorted[place(sorted.length)], builder);
          case QUANTILE_CONT -> builder.appendDouble(between(sorted, scope));
          case MODE -> decode(mode(sorted), builder);
          case PRODUCT -> builder.appendDouble(product(sorted, scope));
          case HISTOGRAM -> counts(sorted, builder);
          case ARRAY_AGG -> elements(sorted, builder, scope);
          case MAP_AGG -> entries(sorted, builder, scope);
          default -> {
            byte[] text = joined(sorted, scope);
            builder.appendBytes(text, 0, text.length);
          }
        }
      }
      return builder.build();
    }
  }

  /** As it is written: 0.07 is 7 of 100. */
  private BigDecimal fraction() {
    return new BigDecimal(Objects.requireNonNull(parameters.get(0).value()).toString());
  }

  /** Of so many values the first that the fraction of them does not lie behind. */
  private int place(int count) {
    BigDecimal values = fraction().multiply(BigDecimal.valueOf(count));
    return Math.max(0, values.setScale(0, RoundingMode.CEILING).intValue() - 1);
  }

  /** A value of a call without order keys. */
  private void decode(byte[] key, ColumnBuilder out) {
    codec.decode(key, List.of(out));
  }

  private double between(byte[][] sorted, MemoryScope scope) {
    double place = fraction().multiply(BigDecimal.valueOf(sorted.length - 1)).doubleValue();
    int low = (int) Math.floor(place);
    int high = (int) Math.ceil(place);
    try (ColumnBuilder two = ColumnBuilder.of(Type.DOUBLE, scope, 2)) {
      decode(sorted[low], two);
      decode(sorted[high], two);
      try (Column values = two.build()) {
        double a = ((FixedColumn) values).doubleAt(0);
        double b = ((FixedColumn) values).doubleAt(1);
        return low == high || a == b ? a : a + (b - a) * (place - low);
      }
    }
  }

  /** The most frequent, the least of several. */
  private static byte[] mode(byte[][] sorted) {
    int best = 0;
    int most = 0;
    for (int i = 0; i < sorted.length; ) {
      int end = i + 1;
      while (end < sorted.length && Arrays.equals(sorted[end], sorted[i])) {
        end++;
      }
      if (end - i > most) {
        most = end - i;
        best = i;
      }
      i = end;
    }
    return sorted[best];
  }

  /** What a function of users makes of the rows, in their order. */
  private void appendUsers(
      AggregateFunctionCall function,
      int count,
      byte[] @Nullable [] list,
      ColumnBuilder out,
      MemoryScope scope) {
    byte[][] sorted = list == null ? new byte[0][] : Arrays.copyOf(list, count);
    Arrays.sort(sorted, Arrays::compareUnsigned);
    List<ColumnBuilder> builders = new ArrayList<>();
    List<Column> columns = new ArrayList<>();
    try {
      for (Type column : codec.types()) {
        builders.add(ColumnBuilder.of(column, scope, sorted.length));
      }
      for (byte[] key : sorted) {
        codec.decode(key, builders);
      }
      builders.forEach(builder -> columns.add(builder.build()));
      List<Column> arguments = new ArrayList<>(columns);
      arguments.addFirst(arguments.removeLast());
      ArgumentRow row = ArgumentRow.of(arguments);
      // Results may be asked for by many threads, and an object of a user's is of one at a time.
      synchronized (function) {
        Object state = function.create();
        for (int i = 0; i < sorted.length; i++) {
          row.moveTo(i);
          if (!function.isLeftOut(row)) {
            function.add(state, row);
          }
        }
        function.append(function.result(state), out);
      }
    } finally {
      columns.forEach(Column::close);
      builders.forEach(ColumnBuilder::close);
    }
  }

  private double product(byte[][] sorted, MemoryScope scope) {
    try (ColumnBuilder builder = ColumnBuilder.of(Type.DOUBLE, scope, sorted.length)) {
      for (byte[] key : sorted) {
        decode(key, builder);
      }
      double product = 1;
      try (Column values = builder.build()) {
        for (int i = 0; i < sorted.length; i++) {
          product *= ((FixedColumn) values).doubleAt(i);
        }
      }
      return product;
    }
  }

  /** A MAP of the values, each with how often it is there. */
  private void counts(byte[][] sorted, ColumnBuilder out) {
    for (int i = 0; i < sorted.length; ) {
      int end = i + 1;
      while (end < sorted.length && Arrays.equals(sorted[end], sorted[i])) {
        end++;
      }
      decode(sorted[i], out.child(0));
      out.child(1).appendLong(end - i);
      i = end;
    }
    out.endNested();
  }

  /** An ARRAY of the values. */
  private void elements(byte[][] sorted, ColumnBuilder out, MemoryScope scope) {
    List<ColumnBuilder> builders = new ArrayList<>();
    try {
      for (Type key : codec.types().subList(0, orderKeys)) {
        builders.add(ColumnBuilder.of(key, scope, sorted.length));
      }
      builders.add(out.child(0));
      for (byte[] key : sorted) {
        codec.decode(key, builders);
      }
      out.endNested();
    } finally {
      builders.subList(0, Math.min(orderKeys, builders.size())).forEach(ColumnBuilder::close);
    }
  }

  /** A MAP; of equal keys, which stand together, the first has the least value. */
  private void entries(byte[][] sorted, ColumnBuilder out, MemoryScope scope) {
    RowCodec keys = RowCodec.of(codec.types().subList(0, 1), orders().subList(0, 1));
    List<ColumnBuilder> builders = List.of(out.child(0), out.child(1));
    byte[] last = new byte[0];
    int end = 0;
    try (ColumnBuilder skipped = ColumnBuilder.of(codec.types().get(0), scope, sorted.length)) {
      for (byte[] entry : sorted) {
        boolean same = end > 0 && end <= entry.length && Arrays.equals(last, 0, end, entry, 0, end);
        if (!same) {
          end = keys.decode(entry, 0, List.of(skipped));
          last = entry;
          codec.decode(entry, builders);
        }
      }
    }
    out.endNested();
  }

  private byte[] joined(byte[][] sorted, MemoryScope scope) {
    byte[] separator = String.valueOf(parameters.get(0).value()).getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    List<ColumnBuilder> builders = new ArrayList<>();
    List<Column> columns = new ArrayList<>();
    try {
      for (Type column : codec.types()) {
        builders.add(ColumnBuilder.of(column, scope, sorted.length));
      }
      for (byte[] key : sorted) {
        codec.decode(key, builders);
      }
      builders.forEach(builder -> columns.add(builder.build()));
      BytesColumn values = (BytesColumn) columns.getLast();
      for (int i = 0; i < sorted.length; i++) {
        if (i > 0) {
          text.writeBytes(separator);
        }
        text.writeBytes(values.bytesAt(i));
        if (text.size() > MAX_TEXT) {
          throw ExecErrors.listTooLong(MAX_TEXT);
        }
      }
      return text.toByteArray();
    } finally {
      columns.forEach(Column::close);
      builders.forEach(ColumnBuilder::close);
    }
  }
}
