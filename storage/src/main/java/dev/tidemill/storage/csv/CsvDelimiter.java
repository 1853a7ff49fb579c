package dev.tidemill.storage.csv;

import dev.tidemill.storage.files.DataFile;
import dev.tidemill.storage.files.FilesErrors;
import java.util.ArrayList;
import java.util.List;

/**
 * Works out what stands between the fields of a file that nobody declared. A character fits where
 * it gives the first records all the same number of fields, more than one. The usual one, a comma
 * or in {@code .tsv} a tab, is it wherever it fits; else another of comma, semicolon, tab and bar
 * that fits, if only one does; and where none fits, each line is one field, by the usual one.
 *
 * <pre>
 *   name;price        ,  has 1, then 2 fields: does not fit
 *   pen;1,50          ;  has 2 fields each time: fits
 * </pre>
 */
final class CsvDelimiter {
  private static final byte[] CANDIDATES = {',', ';', '\t', '|'};
  private static final int SAMPLED_RECORDS = 1000;
  private static final long SAMPLED_BYTES = 1 << 20;

  private CsvDelimiter() {}

  /**
   * The delimiter of a file, whose options do not name one.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if several fit and the usual one does
   *     not
   */
  static byte of(DataFile file, CsvOptions options) {
    byte usual = options.delimiter(file.path());
    if (fits(file, options, usual)) {
      return usual;
    }
    List<Byte> fitting = new ArrayList<>();
    for (byte candidate : CANDIDATES) {
      if (candidate != usual && candidate != options.quote() && fits(file, options, candidate)) {
        fitting.add(candidate);
      }
    }
    if (fitting.size() > 1) {
      throw FilesErrors.cannotInfer(
          file.path(),
          "its fields may end at "
              + name(fitting.get(0))
              + " as well as at "
              + name(fitting.get(1))
              + ": say 'delimiter' = '…'");
    }
    return fitting.isEmpty() ? usual : fitting.get(0);
  }

  private static String name(byte delimiter) {
    return delimiter == '\t' ? "a tab" : String.valueOf((char) delimiter);
  }

  private static boolean fits(DataFile file, CsvOptions options, byte delimiter) {
    int fields = 0;
    try (CsvScanner scanner =
        new CsvScanner(file, options.withDelimiter(delimiter), 0, SAMPLED_BYTES, true)) {
      for (int record = 0; record < SAMPLED_RECORDS && scanner.next(); record++) {
        if (!scanner.problem().isEmpty()
            || scanner.fieldCount() < 2
            || record > 0 && scanner.fieldCount() != fields) {
          return false;
        }
        fields = scanner.fieldCount();
      }
    }
    return fields > 1;
  }
}
