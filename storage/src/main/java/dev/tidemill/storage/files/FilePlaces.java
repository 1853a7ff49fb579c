package dev.tidemill.storage.files;

/** Records of a file: its name and a line. One thread. */
public final class FilePlaces implements RecordPlaces {
  private final DataFile file;
  private final LineCounter lines;

  public FilePlaces(DataFile file) {
    this.file = file;
    this.lines = new LineCounter(file);
  }

  @Override
  public RejectedRow rejected(long position, String column, String text, String problem) {
    return new RejectedRow(
        file.path(), file.modifiedNanos(), position, lines.lineAt(position), column, text, problem);
  }
}
