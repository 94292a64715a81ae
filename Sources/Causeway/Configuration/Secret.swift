/// A text that must not be seen by chance: whatever prints, logs or dumps it shows `***`.
public struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String

    /// Hides a text.
    public init(_ text: String) { self.text = text }

    /// The text itself, for the one place that sends it.
    public func revealed() -> String { text }

    /// What takes the text's place.
    public static let mask = "***"

    /// The mask.
    public var description: String { Self.mask }
    /// The mask.
    public var debugDescription: String { Self.mask }
    /// Nothing: a mirror shows no part of it.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
