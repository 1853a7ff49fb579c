package dev.tidemill.storage.parquet;

/** The values of a page as they lie one after the other, {@code stride} bytes each. */
final class FixedValues {
  private final ParquetPlace place;
  private final int stride;
  private long at;
  private long end;

  FixedValues(ParquetPlace place, int stride) {
    this.place = place;
    this.stride = stride;
  }

  void start(long address, long endAddress) {
    at = address;
    end = endAddress;
  }

  /** Where it stands, for {@link #goBack}. */
  long position() {
    return at;
  }

  /** Returns to an earlier {@link #position} in the same page. */
  void goBack(long position) {
    at = position;
  }

  /** Address of the next {@code count} values, which are taken. */
  long take(int count) {
    long taken = at;
    long bytes = (long) count * stride;
    if (bytes > end - at) {
      throw ParquetErrors.pageEndsEarly(place);
    }
    at += bytes;
    return taken;
  }
}
