package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Values of one type, one a row, immutable once built, in one of Arrow's layouts. It owns its
 * buffers and is shared by counting: {@link #retain()} and {@link #close()}.
 *
 * <p>A kernel switches once per batch on the class (and {@link FixedColumn#width()}), then loops
 * over addresses. What a NULL row's slot holds is undefined (but readable).
 */
public abstract sealed class Column implements AutoCloseable
    permits FixedColumn, BooleanColumn, BytesColumn, DictionaryColumn, ListColumn, RowColumn {
  private final Type type;
  private final int length;
  private final @Nullable Buffer validity;
  private final long validityAddress;
  private final AtomicInteger references = new AtomicInteger(1);

  /** Takes ownership of {@code validity}; null says that no row is NULL. */
  Column(Type type, int length, @Nullable Buffer validity) {
    this.type = type;
    this.length = length;
    this.validity = validity;
    this.validityAddress = validity == null ? 0 : validity.address();
  }

  public final Type type() {
    return type;
  }

  /** Rows. */
  public final int length() {
    return length;
  }

  /** False says that no row is NULL; true only that one may be. */
  public final boolean mayHaveNulls() {
    return validityAddress != 0;
  }

  /** Address of the validity bitmap (1 is valid), or 0 where no row is NULL. */
  public final long validityAddress() {
    return validityAddress;
  }

  /** The bitmap's buffer, borrowed. */
  public final @Nullable Buffer validityBuffer() {
    return validity;
  }

  public final boolean isNull(int row) {
    return validityAddress != 0 && !Bits.get(validityAddress, row);
  }

  /**
   * The value as an object of the class that {@link Type} names, null for NULL. For borders, not
   * for loops.
   */
  public final @Nullable Object value(int row) {
    return isNull(row) ? null : objectAt(row);
  }

  abstract Object objectAt(int row);

  public final Column retain() {
    if (references.getAndIncrement() <= 0) {
      throw new IllegalStateException("the column is closed");
    }
    return this;
  }

  @Override
  public final void close() {
    int left = references.decrementAndGet();
    if (left < 0) {
      throw new IllegalStateException("the column was closed too often");
    }
    if (left == 0) {
      if (validity != null) {
        validity.close();
      }
      closeBuffers();
    }
  }

  /** Closes all buffers and columns below but the validity. */
  abstract void closeBuffers();

  /** Charges all buffers to {@code scope}. */
  public final void chargeTo(MemoryScope scope) {
    if (validity != null) {
      validity.chargeTo(scope);
    }
    chargeBuffersTo(scope);
  }

  abstract void chargeBuffersTo(MemoryScope scope);

  /** Bytes of all buffers; a shared buffer counts in each column. */
  public final long bytes() {
    return (validity == null ? 0 : validity.capacity()) + bufferBytes();
  }

  abstract long bufferBytes();
}
