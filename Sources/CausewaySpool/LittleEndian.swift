/// Integers in byte arrays, lowest byte first: the byte order of everything the spool writes.
extension [UInt8] {
    func littleEndian16(at offset: Int) -> UInt16 {
        UInt16(self[offset]) | UInt16(self[offset + 1]) << 8
    }

    func littleEndian32(at offset: Int) -> UInt32 {
        UInt32(littleEndian16(at: offset)) | UInt32(littleEndian16(at: offset + 2)) << 16
    }

    func littleEndian64(at offset: Int) -> UInt64 {
        UInt64(littleEndian32(at: offset)) | UInt64(littleEndian32(at: offset + 4)) << 32
    }

    mutating func append<Integer: FixedWidthInteger>(littleEndian value: Integer) {
        for byte in 0..<Integer.bitWidth / 8 { append(UInt8(truncatingIfNeeded: value >> (byte * 8))) }
    }
}
