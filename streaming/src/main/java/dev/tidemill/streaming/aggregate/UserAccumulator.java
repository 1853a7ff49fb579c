package dev.tidemill.streaming.aggregate;

import dev.tidemill.exec.user.AggregateFunctionCall;
import dev.tidemill.exec.user.ArgumentRow;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.type.Type;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An aggregate function of users: an object of theirs. What goes is taken away only when the result
 * or the state is asked for, after all that comes: users' code never sees a row go that has not
 * come, whatever the order of a step's changes.
 */
final class UserAccumulator extends Accumulator {
  private final AggregateFunctionCall function;
  private final RowCodec codec;
  private final List<Gone> gone = new ArrayList<>();
  private Object state;

  /** Arguments of a row that goes so many times. */
  private record Gone(byte[] arguments, long times) {}

  UserAccumulator(AggregateFunctionCall function, RowCodec codec) {
    this.function = function;
    this.codec = codec;
    this.state = function.create();
  }

  @Override
  void add(Argument argument, int index, int row, long weight) {
    if (weight < 0) {
      gone.add(new Gone(argument.encoded().key(index), -weight));
      return;
    }
    ArgumentRow arguments = argument.asRow();
    arguments.moveTo(row);
    for (long i = 0; i < weight; i++) {
      function.add(state, arguments);
    }
  }

  private Object current() {
    if (!gone.isEmpty()) {
      MemoryScope memory = MemoryScope.root("rows that go", MemoryScope.UNLIMITED);
      List<ColumnBuilder> builders = new ArrayList<>();
      List<Column> columns = new ArrayList<>();
      try {
        for (Type type : codec.types()) {
          builders.add(ColumnBuilder.of(type, memory, gone.size()));
        }
        gone.forEach(row -> codec.decode(row.arguments(), builders));
        builders.forEach(builder -> columns.add(builder.build()));
        ArgumentRow arguments = ArgumentRow.of(columns);
        for (int row = 0; row < gone.size(); row++) {
          arguments.moveTo(row);
          for (long i = 0; i < gone.get(row).times(); i++) {
            function.remove(state, arguments);
          }
        }
        gone.clear();
      } finally {
        columns.forEach(Column::close);
        builders.forEach(ColumnBuilder::close);
        memory.close();
      }
    }
    return state;
  }

  @Override
  public void result(ColumnBuilder out) {
    function.append(function.result(current()), out);
  }

  @Override
  public Accumulator frozen() {
    return new Frozen(function, function.result(current()));
  }

  @Override
  public void write(DataOutput out) throws IOException {
    ExtremeAccumulator.writeValue(function.write(current()), out);
  }

  @Override
  public void read(DataInput in) throws IOException {
    byte[] written = ExtremeAccumulator.readValue(in);
    state = written == null ? function.create() : function.read(written);
  }

  /** The result of an earlier time. */
  private static final class Frozen extends Accumulator {
    private final AggregateFunctionCall function;
    private final @Nullable Object value;

    Frozen(AggregateFunctionCall function, @Nullable Object value) {
      this.function = function;
      this.value = value;
    }

    @Override
    void add(Argument argument, int index, int row, long weight) {
      throw new IllegalStateException("a result of an earlier time");
    }

    @Override
    public void result(ColumnBuilder out) {
      function.append(value, out);
    }

    @Override
    public void write(DataOutput out) {}

    @Override
    public void read(DataInput in) {}
  }
}
