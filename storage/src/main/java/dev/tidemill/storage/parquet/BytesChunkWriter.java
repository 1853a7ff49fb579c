package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.Arrays;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.Statistics;
import org.jspecify.annotations.Nullable;

/**
 * BYTE_ARRAY: text and bytes. Entries of the dictionary stand as its page will have them; codes of
 * an incoming dictionary are looked up once per dictionary and code.
 */
final class BytesChunkWriter extends ChunkWriter {
  private static final int MAX_ENTRIES = 1 << 17;
  private static final int MAX_DICTIONARY_BYTES = 2 << 20;
  private static final int FIRST_SLOTS = 1 << 10;
  private static final int MAX_BOUND_BYTES = 64;

  private boolean coded = true;

  private final GrowingBuffer dictionary;
  private final GrowingBuffer lengths;
  private final DeltaEncoder delta = new DeltaEncoder();
  private int[] offsets = new int[FIRST_SLOTS / 2];
  private long[] hashes = new long[FIRST_SLOTS / 2];
  private int size;

  /** Per slot a code + 1, or 0. */
  private int[] slots = new int[FIRST_SLOTS];

  private long codedBytes;

  /** The codes of the incoming dictionary seen last; -1 not looked up yet. */
  private int[] known = new int[0];

  private @Nullable Column knownOf;

  private boolean any;
  private byte[] least = new byte[0];
  private byte[] greatest = new byte[0];

  BytesChunkWriter(
      WrittenColumn column,
      ParquetPlace place,
      ParquetWriteOptions options,
      PageCompressor compressor,
      MemoryScope scope) {
    super(column, place, options, compressor, scope);
    this.dictionary = new GrowingBuffer(scope);
    this.lengths = new GrowingBuffer(scope);
  }

  @Override
  void append(Column values, int @Nullable [] selected, int from, int to, int at) {
    if (values instanceof DictionaryColumn incoming) {
      appendCodes(incoming, selected, from, to, at);
      return;
    }
    BytesColumn bytes = (BytesColumn) values;
    for (int i = from; i < to; i++) {
      int row = selected == null ? i : selected[i];
      if (bytes.isNull(row)) {
        continue;
      }
      long address = bytes.addressAt(row);
      int length = bytes.lengthAt(row);
      if (coded) {
        codes[at++] = code(address, length);
        codedBytes += length + 4L;
      } else {
        putPlain(address, length);
      }
    }
  }

  private void appendCodes(
      DictionaryColumn incoming, int @Nullable [] selected, int from, int to, int at) {
    BytesColumn entries = (BytesColumn) incoming.dictionary();
    if (knownOf != entries) {
      known = new int[entries.length()];
      Arrays.fill(known, -1);
      knownOf = entries;
    }
    for (int i = from; i < to; i++) {
      int row = selected == null ? i : selected[i];
      if (incoming.isNull(row)) {
        continue;
      }
      int entry = incoming.codeAt(row);
      int length = entries.lengthAt(entry);
      if (coded) {
        if (known[entry] < 0) {
          known[entry] = code(entries.addressAt(entry), length);
        }
        codes[at++] = known[entry];
        codedBytes += length + 4L;
      } else {
        putPlain(entries.addressAt(entry), length);
      }
    }
  }

  private void putPlain(long address, int length) {
    distinct.add(Hash.ofBytes(address, length));
    bound(address, length);
    long at = plain.extend(length + 4);
    Memory.putInt(at, length);
    Memory.copy(address, at + 4, length);
  }

  private int code(long address, int length) {
    long hash = Hash.ofBytes(address, length);
    int mask = slots.length - 1;
    int slot = (int) hash & mask;
    while (slots[slot] != 0) {
      int code = slots[slot] - 1;
      if (hashes[code] == hash) {
        long entry = dictionary.address() + offsets[code];
        if (Memory.getInt(entry) == length && Memory.equal(entry + 4, address, length)) {
          return code;
        }
      }
      slot = (slot + 1) & mask;
    }
    if (size == offsets.length) {
      grow();
      mask = slots.length - 1;
      slot = free(hash, mask);
    }
    bound(address, length);
    slots[slot] = size + 1;
    hashes[size] = hash;
    offsets[size] = dictionary.size();
    long at = dictionary.extend(length + 4);
    Memory.putInt(at, length);
    Memory.copy(address, at + 4, length);
    return size++;
  }

  private void grow() {
    charge(28L * size);
    offsets = Arrays.copyOf(offsets, size * 2);
    hashes = Arrays.copyOf(hashes, size * 2);
    slots = new int[slots.length * 2];
    for (int code = 0; code < size; code++) {
      slots[free(hashes[code], slots.length - 1)] = code + 1;
    }
  }

  private int free(long hash, int mask) {
    int slot = (int) hash & mask;
    while (slots[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void bound(long address, int length) {
    if (!any || compare(address, length, least) < 0) {
      least = bytes(address, length);
    }
    if (!any || compare(address, length, greatest) > 0) {
      greatest = bytes(address, length);
    }
    any = true;
  }

  private static int compare(long address, int length, byte[] bound) {
    int common = Math.min(length, bound.length);
    for (int i = 0; i < common; i++) {
      int difference = (Memory.getByte(address + i) & 0xff) - (bound[i] & 0xff);
      if (difference != 0) {
        return difference;
      }
    }
    return Integer.compare(length, bound.length);
  }

  private static byte[] bytes(long address, int length) {
    byte[] bytes = new byte[length];
    Memory.copyToArray(address, bytes, 0, length);
    return bytes;
  }

  @Override
  boolean isCoded() {
    return coded;
  }

  @Override
  int entries() {
    return size;
  }

  @Override
  int dictionaryBytes() {
    return dictionary.size();
  }

  @Override
  long plainBytes(int count) {
    return codedBytes;
  }

  @Override
  void giveUpDictionary(int count) {
    countEntries();
    for (int i = 0; i < count; i++) {
      long entry = dictionary.address() + offsets[codes[i]];
      int length = Memory.getInt(entry) + 4;
      Memory.copy(entry, plain.extend(length), length);
    }
    coded = false;
    size = 0;
    dictionary.clear();
  }

  @Override
  void freezeDictionary() {
    coded = false;
    countEntries();
  }

  private void countEntries() {
    for (int i = 0; i < size; i++) {
      distinct.add(hashes[i]);
    }
  }

  @Override
  boolean isCounted() {
    return true;
  }

  @Override
  boolean isDictionaryFull() {
    return size > MAX_ENTRIES || dictionary.size() > MAX_DICTIONARY_BYTES;
  }

  @Override
  void putDictionary(GrowingBuffer to) {
    Memory.copy(dictionary.address(), to.extend(dictionary.size()), dictionary.size());
  }

  /**
   * Lengths first, as deltas, then the bytes: what belongs together compresses and is read better.
   */
  @Override
  Encoding putValues(GrowingBuffer to, int count) {
    if (count == 0) {
      return putPlain(to);
    }
    lengths.clear();
    long length = lengths.extend(4 * count);
    long at = plain.address();
    for (int i = 0; i < count; i++) {
      int bytes = Memory.getInt(at);
      Memory.putInt(length + 4L * i, bytes);
      at += 4L + bytes;
    }
    delta.encode(length, count, 4, to);
    long target = to.extend(plain.size() - 4 * count);
    at = plain.address();
    for (int i = 0; i < count; i++) {
      int bytes = Memory.getInt(at);
      Memory.copy(at + 4, target, bytes);
      at += 4L + bytes;
      target += bytes;
    }
    return Encoding.DELTA_LENGTH_BYTE_ARRAY;
  }

  @Override
  void takePageBounds(int count, Statistics statistics) {
    if (count == 0) {
      return;
    }
    long low = 0;
    long high = 0;
    if (coded) {
      boolean[] used = new boolean[size];
      for (int i = 0; i < count; i++) {
        used[codes[i]] = true;
      }
      for (int code = 0; code < size; code++) {
        if (used[code]) {
          long entry = dictionary.address() + offsets[code];
          low = low == 0 || compare(entry, low) < 0 ? entry : low;
          high = high == 0 || compare(entry, high) > 0 ? entry : high;
        }
      }
    } else {
      long at = plain.address();
      for (int i = 0; i < count; i++) {
        low = low == 0 || compare(at, low) < 0 ? at : low;
        high = high == 0 || compare(at, high) > 0 ? at : high;
        at += 4L + Memory.getInt(at);
      }
    }
    put(bytes(low + 4, Memory.getInt(low)), bytes(high + 4, Memory.getInt(high)), statistics);
  }

  /** Compares two values that stand behind their lengths. */
  private static int compare(long a, long b) {
    return Memory.compare(a + 4, Memory.getInt(a), b + 4, Memory.getInt(b));
  }

  @Override
  void putBounds(Statistics statistics) {
    if (any) {
      put(least, greatest, statistics);
    }
  }

  private void put(byte[] least, byte[] greatest, Statistics statistics) {
    boolean text = column.type() instanceof Type.Varchar;
    int lowLength = least.length <= MAX_BOUND_BYTES ? least.length : cut(least, text);
    statistics.setMin_value(Arrays.copyOf(least, lowLength));
    statistics.setIs_min_value_exact(lowLength == least.length);
    if (greatest.length <= MAX_BOUND_BYTES) {
      statistics.setMax_value(greatest);
      statistics.setIs_max_value_exact(true);
    } else {
      byte[] above = above(Arrays.copyOf(greatest, cut(greatest, text)), text);
      if (above.length > 0) {
        statistics.setMax_value(above);
        statistics.setIs_max_value_exact(false);
      }
    }
  }

  /** Where to cut a long bound; text between two characters. */
  private static int cut(byte[] bound, boolean text) {
    int length = MAX_BOUND_BYTES;
    while (text && length > 0 && (bound[length] & 0xc0) == 0x80) {
      length--;
    }
    return length;
  }

  /**
   * A value greater than all that begin with {@code prefix}; empty where none was found. Of text it
   * is text.
   */
  private static byte[] above(byte[] prefix, boolean text) {
    int greatestByte = text ? 0x7e : 0xfe;
    for (int length = prefix.length; length > 0; length--) {
      int last = prefix[length - 1] & 0xff;
      if (last <= greatestByte) {
        byte[] result = Arrays.copyOf(prefix, length);
        result[length - 1]++;
        return result;
      }
    }
    return new byte[0];
  }

  @Override
  void reset() {
    any = false;
    least = new byte[0];
    greatest = new byte[0];
    coded = true;
    size = 0;
    codedBytes = 0;
    dictionary.clear();
    knownOf = null;
    Arrays.fill(slots, 0);
  }

  @Override
  public void close() {
    super.close();
    dictionary.close();
    lengths.close();
  }
}
