package dev.tidemill.storage.nexmark;

import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.memory.Memory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes that texts of events are views into: random letters, of which any piece is a text, and
 * behind them words. Not changed once readers have it.
 */
final class TextPool {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Where the words begin. */
  static final int LETTER_BYTES = Letters.COUNT;

  private final Letters letters;
  private byte[] bytes;
  private int used = LETTER_BYTES;

  /** The views of some words, two longs each. */
  record Words(long[] views) {
    int count() {
      return views.length / 2;
    }

    void put(int word, long view) {
      Memory.putLong(view, views[2 * word]);
      Memory.putLong(view + 8, views[2 * word + 1]);
    }
  }

  TextPool(long seed) {
    letters = new Letters(seed);
    bytes = Arrays.copyOf(letters.bytes(), 2 * LETTER_BYTES);
  }

  Letters letters() {
    return letters;
  }

  /** Adds words; those that are short stand in their views. */
  Words add(String... words) {
    long[] views = new long[2 * words.length];
    byte[] view = new byte[16];
    for (int i = 0; i < words.length; i++) {
      byte[] word = words[i].getBytes(StandardCharsets.UTF_8);
      Arrays.fill(view, (byte) 0);
      INT.set(view, 0, word.length);
      if (word.length <= BytesColumn.INLINE) {
        System.arraycopy(word, 0, view, 4, word.length);
      } else {
        System.arraycopy(word, 0, view, 4, 4);
        INT.set(view, 12, append(word));
      }
      views[2 * i] = (long) LONG.get(view, 0);
      views[2 * i + 1] = (long) LONG.get(view, 8);
    }
    return new Words(views);
  }

  private int append(byte[] word) {
    int offset = used;
    if (offset + word.length > bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * bytes.length);
    }
    System.arraycopy(word, 0, bytes, offset, word.length);
    used += word.length;
    return offset;
  }

  /** All bytes so far, letters first. */
  int size() {
    return used;
  }

  /** Copies the first {@code count} bytes to an address. */
  void copyTo(long address, int count) {
    Memory.copyFromArray(bytes, 0, address, count);
  }

  /** A column of pieces of {@code least} to {@code most} letters, {@code least} being above 12. */
  EventColumn.Filler longPieces(Randomness random, int least, int most) {
    return (events, count, views) -> {
      for (int i = 0; i < count; i++) {
        long bits = random.bits(events[i]);
        long view = views + 16L * i;
        int place = Letters.place(bits);
        Memory.putInt(view, Letters.length(bits, least, most));
        Memory.putInt(view + 4, (int) INT.get(bytes, place));
        Memory.putLong(view + 8, (long) place << 32);
      }
    };
  }
}
