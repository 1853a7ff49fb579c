package dev.tidemill.streaming.aggregate;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A call with an {@link Accumulator} for each group; values that it keeps are in the state. */
final class ObjectCall extends GroupCall {
  /** Of a group's accumulator and key on the heap, about. */
  private static final long GROUP_BYTES = 160;

  private final CallSite site;
  private final Type type;
  private final KeyEncoder keys;
  private final HeapMemory heap;
  private @Nullable Accumulator[] states = {};
  private byte[] @Nullable [] groupKeys = {};
  private final List<Saved> saved = new ArrayList<>();

  /** Gives keys as bytes. */
  interface KeyEncoder {
    byte[] key(int group);
  }

  /**
   * What stood there of a group.
   *
   * @param state written, null where there was nothing
   * @param result gives the result of then
   */
  private record Saved(byte @Nullable [] state, Accumulator result) {}

  /**
   * @param type of the call
   */
  ObjectCall(CallSite site, Type type, KeyEncoder keys, MemoryScope memory) {
    this.site = site;
    this.type = type;
    this.keys = keys;
    this.heap = new HeapMemory(memory);
  }

  @Override
  void ensure(int groups) {
    states = heap.grow(states, groups);
    groupKeys = heap.grow(groupKeys, groups);
  }

  private byte[] key(int group) {
    byte[] key = groupKeys[group];
    if (key == null) {
      key = keys.key(group);
      groupKeys[group] = key;
      heap.reserve(key.length + GROUP_BYTES);
    }
    return key;
  }

  private Accumulator state(int group) {
    Accumulator state = states[group];
    if (state == null) {
      state = site.accumulator(key(group));
      states[group] = state;
    }
    return state;
  }

  @Override
  void save(int[] groups, int count) {
    for (int i = 0; i < count; i++) {
      Accumulator state = states[groups[i]];
      if (state == null) {
        saved.add(new Saved(null, site.accumulator(key(groups[i])).frozen()));
      } else {
        byte[] written = written(state);
        saved.add(new Saved(written, read(written, key(groups[i])).frozen()));
      }
    }
  }

  private static byte[] written(Accumulator state) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      state.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private Accumulator read(byte[] written, byte[] key) {
    Accumulator state = site.accumulator(key);
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(written))) {
      state.read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return state;
  }

  @Override
  void add(Batch delta, int[] rows, int[] groups, long[] weights, int count, MemoryScope memory) {
    try (CallSite.Arguments arguments = site.arguments(delta, memory)) {
      for (int i = 0; i < count; i++) {
        arguments.add(i, rows[i], weights[i], key(groups[i]), state(groups[i]));
      }
    }
  }

  @Override
  Column before(int from, int count, MemoryScope memory) {
    try (ColumnBuilder builder = ColumnBuilder.of(type, memory, Math.max(1, count))) {
      for (Saved one : saved.subList(from, from + count)) {
        one.result().result(builder);
      }
      return builder.build();
    }
  }

  @Override
  Column now(int[] groups, int count, MemoryScope memory) {
    try (ColumnBuilder builder = ColumnBuilder.of(type, memory, Math.max(1, count))) {
      for (int i = 0; i < count; i++) {
        state(groups[i]).result(builder);
      }
      return builder.build();
    }
  }

  @Override
  void clear(int[] groups, int count) {
    for (int i = 0; i < count; i++) {
      if (states[groups[i]] != null) {
        site.forget(key(groups[i]));
        forget(groups[i]);
      }
    }
  }

  private void forget(int group) {
    byte[] key = groupKeys[group];
    if (key != null) {
      heap.release(key.length + GROUP_BYTES);
      groupKeys[group] = null;
    }
    states[group] = null;
  }

  @Override
  void restore(int[] groups, int count) {
    for (int i = 0; i < count; i++) {
      byte[] written = saved.get(i).state();
      states[groups[i]] = written == null ? null : read(written, key(groups[i]));
    }
    saved.clear();
  }

  @Override
  void forgetSaved() {
    saved.clear();
  }

  @Override
  void compact(int[] live, int count) {
    @Nullable Accumulator[] fewer = new @Nullable Accumulator[states.length];
    byte[] @Nullable [] fewerKeys = new byte[states.length] @Nullable [];
    for (int i = 0; i < count; i++) {
      fewer[i] = states[live[i]];
      fewerKeys[i] = groupKeys[live[i]];
      states[live[i]] = null;
      groupKeys[live[i]] = null;
    }
    for (int group = 0; group < groupKeys.length; group++) {
      forget(group);
    }
    states = fewer;
    groupKeys = fewerKeys;
  }

  @Override
  List<Type> stateTypes() {
    return List.of(Type.VARBINARY);
  }

  @Override
  void writeState(int group, List<ColumnBuilder> state) {
    byte[] written = written(state(group));
    state.get(0).appendBytes(written, 0, written.length);
  }

  @Override
  void readState(List<Column> state, int first, int count) {
    ensure(first + count);
    BytesColumn written = (BytesColumn) state.get(0);
    for (int i = 0; i < count; i++) {
      states[first + i] = read(written.bytesAt(i), key(first + i));
    }
  }

  @Override
  public void close() {
    Arrays.fill(states, null);
    heap.close();
  }
}
