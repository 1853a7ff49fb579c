package dev.tidemill.storage.files;

import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.file.FileSystem;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which files a path means: a file, all files directly in a directory, or those that match a
 * pattern: {@code *} any characters of a name, {@code ?} one, {@code [a-z]}, <code>{a,b}</code>,
 * {@code **} any directories.
 *
 * @param path absolute
 * @param base the directory that all files are below
 * @param names what their paths must match as a whole, or null if {@code path} is no pattern
 * @param partitioned whether the files of a directory are also those in directories below it that
 *     are named as {@link PathColumns} are
 */
record FilePattern(String path, String base, @Nullable Pattern names, boolean partitioned) {
  static FilePattern of(
      FileSystem fileSystem, String text, Path workingDirectory, boolean partitioned) {
    if (text.matches("[a-zA-Z][a-zA-Z0-9+.-]+://.*")) {
      throw FilesErrors.unsupportedScheme(text);
    }
    String path;
    try {
      path = workingDirectory.toAbsolutePath().resolve(text).normalize().toString();
    } catch (InvalidPathException e) {
      throw FilesErrors.notFound(text);
    }
    int special = firstSpecial(path);
    if (special < 0 || fileSystem.stat(path) != null) {
      return new FilePattern(path, path, null, partitioned);
    }
    int slash = path.lastIndexOf('/', special);
    return new FilePattern(
        path,
        slash <= 0 ? "/" : path.substring(0, slash),
        Pattern.compile(regex(path)),
        partitioned);
  }

  private static int firstSpecial(String path) {
    for (int i = 0; i < path.length(); i++) {
      if ("*?[{".indexOf(path.charAt(i)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private static String regex(String glob) {
    StringBuilder regex = new StringBuilder();
    int braces = 0;
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      if (glob.startsWith("**/", i)) {
        regex.append("(?:.*/)?");
        i += 2;
      } else if (glob.startsWith("**", i)) {
        regex.append(".*");
        i++;
      } else if (c == '*') {
        regex.append("[^/]*");
      } else if (c == '?') {
        regex.append("[^/]");
      } else if (c == '[' && glob.indexOf(']', i + 2) > 0) {
        int close = glob.indexOf(']', i + 2);
        String set =
            glob.substring(i + 1, close)
                .replace("\\", "\\\\")
                .replace("[", "\\[")
                .replace("&", "\\&");
        regex.append('[').append(set.startsWith("!") ? "^" + set.substring(1) : set).append(']');
        i = close;
      } else if (c == '{' && glob.indexOf('}', i) > 0) {
        braces++;
        regex.append("(?:");
      } else if (c == '}' && braces > 0) {
        braces--;
        regex.append(')');
      } else if (c == ',' && braces > 0) {
        regex.append('|');
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return regex.toString();
  }

  boolean isPattern() {
    return names != null;
  }

  /** The files there are, by path. */
  List<FileStatus> list(FileSystem fileSystem) {
    Pattern matched = names;
    if (matched != null) {
      boolean deep = path.indexOf('/', base.length() + 1) > 0 || path.contains("**");
      return fileSystem.list(base, name -> deep).stream()
          .filter(f -> matched.matcher(f.path()).matches())
          .toList();
    }
    FileStatus status = fileSystem.stat(path);
    if (status == null) {
      return List.of();
    }
    if (!status.directory()) {
      return List.of(status);
    }
    return fileSystem.list(path, name -> partitioned && PathColumns.isOne(name));
  }

  /** A file's path as it is kept: relative to the base. */
  String relative(String file) {
    int skipped = base.equals("/") ? 1 : base.length() + 1;
    return file.length() > skipped && file.startsWith(base) ? file.substring(skipped) : "";
  }

  /** The path of a file that is kept by {@link #relative}. */
  String absolute(String relative) {
    return relative.isEmpty() ? base : base.equals("/") ? "/" + relative : base + "/" + relative;
  }
}
