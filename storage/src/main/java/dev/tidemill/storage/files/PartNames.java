package dev.tidemill.storage.files;

/**
 * Names of the files of a directory that a sink writes.
 *
 * <pre>
 *   part-0000000005.json                                       the rows of step 5, or what was merged fifth
 *   day=2026-01-01/part-0000000005_1.json.gz                   the second file of a step in this partition
 *   _tidemill/pending/day=2026-01-01/part-0000000005.json.pending
 * </pre>
 *
 * <p>A pending file is none for others: it lies in a hidden directory and has an ending of no
 * format. Numbers are used once.
 */
final class PartNames {
  static final String PENDING_DIRECTORY = Manifest.DIRECTORY + "/pending/";
  private static final String PENDING = ".pending";
  private static final String PART = "part-";
  private static final int DIGITS = 10;

  private PartNames() {}

  /**
   * @param partition the directory, with a slash behind it, or empty
   * @param index which of the files of this number and partition
   */
  static String of(String partition, long number, int index, String extension, boolean pending) {
    String more = index == 0 ? "" : "_" + index;
    String name = "%s%s%010d%s.%s".formatted(partition, PART, number, more, extension);
    return pending ? PENDING_DIRECTORY + name + PENDING : name;
  }

  static boolean isPending(String name) {
    return name.startsWith(PENDING_DIRECTORY);
  }

  /** The directory of a file, or of where it will be, with a slash behind it; or empty. */
  static String partition(String name) {
    String own = isPending(name) ? name.substring(PENDING_DIRECTORY.length()) : name;
    return own.substring(0, own.lastIndexOf('/') + 1);
  }

  /** The number in a file's name, or -1 where it is none of ours. */
  static long number(String name) {
    int start = name.lastIndexOf('/') + 1;
    if (!name.startsWith(PART, start) || name.length() < start + PART.length() + DIGITS) {
      return -1;
    }
    String digits = name.substring(start + PART.length(), start + PART.length() + DIGITS);
    return digits.chars().allMatch(c -> c >= '0' && c <= '9') ? Long.parseLong(digits) : -1;
  }

  /** What follows the number in the name: {@code json.gz}. */
  static String extension(String name) {
    String own = withoutPending(name.substring(name.lastIndexOf('/') + 1));
    return own.substring(own.indexOf('.') + 1);
  }

  /** A path as it is without the ending of pending files. */
  static String withoutPending(String path) {
    return path.endsWith(PENDING) ? path.substring(0, path.length() - PENDING.length()) : path;
  }
}
