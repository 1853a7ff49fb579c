package dev.tidemill.streaming.aggregate;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.Ints;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.memory.StoredValues;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.streaming.state.Renumbered;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call with an {@link Accumulator} for each group; values that it keeps are in the state. Between
 * steps an accumulator is what it writes, off the heap; those of the groups that a step touches are
 * objects until it ends.
 */
final class ObjectCall extends GroupCall {
  /** Of a touched group on the heap, beside its key, about. */
  private static final long GROUP_BYTES = 256;

  /** What an accumulator takes as objects, about, for each byte that it writes. */
  private static final long HEAP_BYTES_A_BYTE = 4;

  private static final byte[] NO_KEY = {};

  private final CallSite site;
  private final Type type;
  private final KeyEncoder keys;

  /** By group what its accumulator has written; none where nothing has come. */
  private final StoredValues states;

  /** By group its place among those touched + 1, else 0. */
  private final Ints places;

  private final List<Touched> touched = new ArrayList<>();

  /** Of those touched. */
  private final HeapMemory heap;

  private int groupCount;
  private boolean isPrepared;

  /** Gives keys as bytes. */
  interface KeyEncoder {
    /** The keys of groups, each at most once. */
    List<byte[]> keys(int[] groups, int count);
  }

  /** A group that the step touches. */
  private static final class Touched {
    private final int group;
    private final byte[] key;

    /** What stood there before, written; null where there was nothing. */
    private final byte @Nullable [] before;

    /** Gives the result of then; null where that follows from what was written. */
    private final @Nullable Accumulator frozen;

    /** What is there now, where that is not what was there before. */
    private @Nullable Accumulator now;

    Touched(int group, byte[] key, byte @Nullable [] before, @Nullable Accumulator frozen) {
      this.group = group;
      this.key = key;
      this.before = before;
      this.frozen = frozen;
    }
  }

  /**
   * @param type of the call
   */
  ObjectCall(CallSite site, Type type, KeyEncoder keys, MemoryScope memory) {
    this.site = site;
    this.type = type;
    this.keys = keys;
    this.states = new StoredValues(memory);
    this.places = new Ints(memory);
    this.heap = new HeapMemory(memory);
  }

  @Override
  void ensure(int groups) {
    states.ensure(groups);
    places.ensure(groups);
    groupCount = groups;
  }

  private Accumulator read(byte @Nullable [] written, byte[] key) {
    Accumulator state = site.accumulator(key);
    if (written != null) {
      try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(written))) {
        state.read(in);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return state;
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

  private byte[] key(int group) {
    return site.hasState() ? keys.keys(new int[] {group}, 1).getFirst() : NO_KEY;
  }

  @Override
  void save(int[] groups, int count) {
    isPrepared = false;
    List<byte[]> ofGroups = site.hasState() && count > 0 ? keys.keys(groups, count) : List.of();
    for (int i = 0; i < count; i++) {
      byte[] key = site.hasState() ? ofGroups.get(i) : NO_KEY;
      byte[] before = states.get(groups[i]);
      long length = before == null ? 0 : before.length;
      heap.reserve(GROUP_BYTES + key.length + length * HEAP_BYTES_A_BYTE);
      Accumulator frozen = site.hasState() ? read(before, key).frozen() : null;
      touched.add(new Touched(groups[i], key, before, frozen));
      places.set(groups[i], touched.size());
    }
  }

  @Override
  void add(Batch delta, int[] rows, int[] groups, long[] weights, int count, MemoryScope scope) {
    isPrepared = false;
    try (CallSite.Arguments arguments = site.arguments(delta, scope)) {
      for (int i = 0; i < count; i++) {
        Touched group = touched.get(places.get(groups[i]) - 1);
        Accumulator now = group.now;
        if (now == null) {
          now = read(group.before, group.key);
          group.now = now;
        }
        arguments.add(i, rows[i], weights[i], group.key, now);
      }
    }
  }

  @Override
  Column before(int from, int count, MemoryScope scope) {
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, Math.max(1, count))) {
      for (Touched group : touched.subList(from, from + count)) {
        Accumulator frozen = group.frozen;
        (frozen == null ? read(group.before, group.key) : frozen).result(builder);
      }
      return builder.build();
    }
  }

  @Override
  Column now(int[] groups, int count, MemoryScope scope) {
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, Math.max(1, count))) {
      for (int i = 0; i < count; i++) {
        int place = places.get(groups[i]);
        Touched group = place == 0 ? null : touched.get(place - 1);
        Accumulator now = group == null ? null : group.now;
        if (now == null) {
          now = read(states.get(groups[i]), group == null ? key(groups[i]) : group.key);
        }
        now.result(builder);
      }
      return builder.build();
    }
  }

  @Override
  void clear(int[] groups, int count) {
    isPrepared = false;
    for (int i = 0; i < count; i++) {
      Touched group = touched.get(places.get(groups[i]) - 1);
      if (group.before != null || group.now != null) {
        site.forget(group.key);
        group.now = site.accumulator(group.key);
      }
    }
  }

  /** Writes the accumulators that have changed. */
  @Override
  void prepare() {
    if (isPrepared) {
      return;
    }
    for (Touched group : touched) {
      Accumulator now = group.now;
      if (now != null) {
        states.set(group.group, written(now));
      }
    }
    isPrepared = true;
  }

  /** What stood there has room where it stood, so that this cannot fail. */
  @Override
  void restore(int[] groups, int count) {
    for (Touched group : touched) {
      if (group.now != null) {
        states.set(group.group, group.before);
      }
    }
    forget();
  }

  @Override
  void forgetSaved() {
    forget();
    states.tidy(groupCount);
  }

  private void forget() {
    touched.forEach(group -> places.set(group.group, 0));
    touched.clear();
    heap.close();
    isPrepared = false;
  }

  @Override
  Renumbered renumbered(int[] live, int count) {
    return new Renumbered() {
      @Override
      public void take() {
        states.renumber(live, count);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  List<Type> stateTypes() {
    return List.of(Type.VARBINARY);
  }

  @Override
  void writeState(int group, List<ColumnBuilder> state) {
    byte[] written = states.get(group);
    if (written == null) {
      written = written(site.accumulator(key(group)));
    }
    state.get(0).appendBytes(written, 0, written.length);
  }

  @Override
  void readState(List<Column> state, int first, int count) {
    ensure(first + count);
    BytesColumn written = (BytesColumn) state.get(0);
    for (int i = 0; i < count; i++) {
      states.set(first + i, written.bytesAt(i));
    }
  }

  @Override
  public void close() {
    touched.clear();
    heap.close();
    places.close();
    states.close();
  }
}
