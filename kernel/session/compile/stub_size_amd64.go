package compile

const stubSize = 11
