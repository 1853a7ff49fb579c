package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * Truth values as a bitmap ({@link Bits}); the bits behind the last row of its last word are
 * undefined.
 */
public final class BooleanColumn extends Column {
  private final Buffer values;
  private final long address;

  /** Takes ownership of both buffers, each of {@link Bits#bytes} bytes at least. */
  public BooleanColumn(int length, Buffer values, @Nullable Buffer validity) {
    super(Type.BOOLEAN, length, validity);
    this.values = values;
    this.address = values.address();
  }

  /** Address of the bitmap of values. */
  public long address() {
    return address;
  }

  /** The values' buffer, borrowed. */
  public Buffer valuesBuffer() {
    return values;
  }

  public boolean booleanAt(int row) {
    return Bits.get(address, row);
  }

  @Override
  Object objectAt(int row) {
    return booleanAt(row);
  }

  @Override
  void closeBuffers() {
    values.close();
  }

  @Override
  void chargeBuffersTo(MemoryScope scope) {
    values.chargeTo(scope);
  }

  @Override
  long bufferBytes() {
    return values.capacity();
  }
}
