package dev.tidemill.streaming.state;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A value per key. Arrays given are kept, arrays returned are lent: neither is changed by anybody.
 */
public interface KeyedValueState {
  byte @Nullable [] get(byte[] key);

  void put(byte[] key, byte[] value);

  void remove(byte[] key);

  /** All keys with their values, in no order; nothing is written meanwhile. */
  void forEach(BiConsumer<byte[], byte[]> consumer);
}
