package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import org.jspecify.annotations.Nullable;

/**
 * Values as 32-bit codes into a dictionary: a column of distinct values without NULLs, shared by
 * many batches. A code means nothing without its dictionary, and two dictionaries may hold the same
 * values in another order. NULL is a matter of the codes' validity; a NULL row's code is 0.
 */
public final class DictionaryColumn extends Column {
  private final Buffer codes;
  private final long address;
  private final Column dictionary;

  /**
   * Takes ownership of the buffers and of one reference of {@code dictionary}, which is no
   * dictionary column.
   */
  public DictionaryColumn(int length, Buffer codes, Column dictionary, @Nullable Buffer validity) {
    super(dictionary.type(), length, validity);
    this.codes = codes;
    this.address = codes.address();
    this.dictionary = dictionary;
  }

  /** Address of the codes, 4 bytes each. */
  public long address() {
    return address;
  }

  public int codeAt(int row) {
    return Memory.getInt(address + ((long) row << 2));
  }

  /** The codes' buffer, borrowed. */
  public Buffer codesBuffer() {
    return codes;
  }

  /**
   * The values, borrowed. Compared by identity to see whether codes of two columns mean the same.
   */
  public Column dictionary() {
    return dictionary;
  }

  @Override
  Object objectAt(int row) {
    return dictionary.objectAt(codeAt(row));
  }

  @Override
  void closeBuffers() {
    codes.close();
    dictionary.close();
  }

  @Override
  void chargeBuffersTo(MemoryScope scope) {
    codes.chargeTo(scope);
    dictionary.chargeTo(scope);
  }

  @Override
  long bufferBytes() {
    return codes.capacity() + dictionary.bytes();
  }
}
