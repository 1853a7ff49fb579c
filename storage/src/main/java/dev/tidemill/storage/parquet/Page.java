package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.memory.Buffer;
import org.apache.parquet.format.Encoding;

/**
 * A decompressed page, borrowed until the reader's next one (who keeps it retains the buffer).
 *
 * @param buffer whose bytes the sections lie in
 * @param values levels in it, NULLs counted; in a dictionary its entries
 * @param encoding of the values
 * @param levels address of the definition levels' section, 0 where there is none; runs only,
 *     without a length before
 * @param levelsEnd the address behind it
 * @param repetitions address of the repetition levels' section, as {@code levels}
 * @param repetitionsEnd the address behind it
 * @param data address of the values
 * @param dataEnd the address behind them
 */
record Page(
    Buffer buffer,
    int values,
    Encoding encoding,
    long levels,
    long levelsEnd,
    long repetitions,
    long repetitionsEnd,
    long data,
    long dataEnd) {}
