package dev.tidemill.storage.nexmark;

import dev.tidemill.foundation.type.Type;
import java.util.function.LongFunction;

/** A column: its name, its type and its values at events. */
sealed interface EventColumn {
  String name();

  Type type();

  /** A column of 64-bit values. */
  record Numbers(String name, Type type, Filler filler) implements EventColumn {}

  /**
   * A column of texts out of {@link TextPool}, as views of a {@code BytesColumn} with the pool as
   * its one data buffer.
   *
   * @param poolBytes how much of the pool its views may point into
   */
  record PooledTexts(String name, int poolBytes, Filler filler) implements EventColumn {
    @Override
    public Type type() {
      return Type.VARCHAR;
    }
  }

  /** A column of texts that are put together. */
  record BuiltTexts(String name, LongFunction<String> value) implements EventColumn {
    @Override
    public Type type() {
      return Type.VARCHAR;
    }
  }

  /** Writes the values at {@code events[0 … count - 1]} one behind the other. */
  interface Filler {
    void fill(long[] events, int count, long address);
  }
}
